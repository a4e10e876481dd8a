// Built by ame_explore/widgets/js/build.js; sources: sha256 d42ddec8c25f6eff17a8e1742c0f981788388a9127bf7e9aa7b9b3f8258f14d0
var w=()=>(performance.timeOrigin+performance.now())/1e3;function j(o,t){let e=null,s=null,i=()=>{if(e=null,!s)return;let a=s;
s=null,o(...a),e=setTimeout(i,t)};return(...a)=>{if(e!==null){s=a;return}o(...a),e=setTimeout(i,t)}}var At=.4,he=3,le={f4:Float32Array,i4:Int32Array,u1:Uint8Array};function ft(o,t){if(Array.isArray(o))return o.map(e=>ft(
e,t));if(o===null||typeof o!="object")return o;if("buffer"in o&&"dtype"in o){let e=t[o.buffer],i=ArrayBuffer.isView(e)?e.
buffer.slice(e.byteOffset,e.byteOffset+e.byteLength):e.slice(0);return Object.assign(new le[o.dtype](i),{shape:o.shape})}
return Object.fromEntries(Object.entries(o).map(([e,s])=>[e,ft(s,t)]))}var gt=class{constructor(t){this.model=t,this.page=
Array.from({length:4},()=>Math.random().toString(36).slice(2,8)).join(""),this.views=new Set,this.kept={},this.frame=null,
this.waiting=null,this.oldest=0,this.drawnAge=0,this.drawMs=0,this.there=!1,this.left=!0,this.gone=!1,this.low=-1/0,this.
high=1/0,this.heardAt=this.freshAt=w(),this.pingedAt=-1/0,this.onMessage=(e,s)=>this.receive(e,s),t.on("msg:custom",this.
onMessage),this.onVisible=()=>this.look(),document.addEventListener("visibilitychange",this.onVisible),this.timer=setInterval(
()=>this.watch(),500)}close(){clearInterval(this.timer),document.removeEventListener("visibilitychange",this.onVisible),
this.model.off("msg:custom",this.onMessage),this.send({type:"away",left:!0})}send(t){try{this.model.send({...t,page:this.
page,t:w()}),this.gone=!1}catch{this.gone=!0}}tell(t){this.send(t)}mount(t){this.views.add(t),t.seen=!0;let e=new IntersectionObserver(
i=>{t.seen=i[i.length-1].isIntersecting,this.look()},{rootMargin:"300px"});e.observe(t.el);for(let[i,a]of Object.entries(
this.kept))t.retained?.(i,a);this.frame&&!(this.frame.moving&&this.age(this.frame)>At)&&t.draw(this.frame);let s=this.there;
return this.look(),s&&this.tell({type:"ready",have:this.have()}),()=>{e.disconnect(),this.views.delete(t),this.look()}}have(){
return Object.fromEntries(Object.entries(this.kept).map(([t,e])=>[t,e.retained]))}look(){let t=[...this.views],e=!document.
hidden&&t.some(a=>a.seen&&a.el.isConnected),s=!t.some(a=>a.el.isConnected);if(e===this.there&&s===this.left)return;let i=e&&
!this.there;[this.there,this.left]=[e,s],!(e&&!i)&&(this.heardAt=this.freshAt=w(),this.tell(e?{type:"ready",have:this.have()}:
{type:"away",left:s}))}watch(){if(this.look(),!this.there)return;let t=w()-this.heardAt;t>(this.frame?.moving?1:4)&&w()-
this.pingedAt>=1&&(this.pingedAt=w(),this.tell({type:"ping",have:this.have()}));for(let e of this.views)e.silent?.(t>8||
this.gone?t:0,this.gone)}receive(t,e=[]){if(this.heardAt=w(),t.type==="hello"){let{page:i,t:a,time:r}=t;i===this.page&&(this.
high=Math.min(this.high,r-a));return}let s=ft(t,e);if(t.type==="frame"){this.low=Math.max(this.low,s.time-w());let i=s.heard[this.
page];i&&(this.high=Math.min(this.high,i[1]-i[0])),this.low>this.high&&([this.low,this.high]=[s.time-w(),1/0]);let a=this.
waiting!==null;this.waiting=s,a||requestAnimationFrame(()=>this.paint())}else if(t.retained){this.kept[t.type]=s;for(let i of this.
views)i.retained?.(t.type,s)}else for(let i of this.views)i.message?.(s,e)}age(t){let e=Number.isFinite(this.high)?(this.
low+this.high)/2:this.low;return Math.max(0,w()+e-t.time)}paint(){let t=this.waiting;if(this.waiting=null,!t||!this.there)
return;let e=w(),s=this.age(t),i=s>At,a=i&&e-this.freshAt<he;if(!a){i||(this.freshAt=e),this.frame=t,this.drawnAge=s;for(let r of this.
views)try{r.draw(t),r.late?.(i?s:0)}catch(h){console.error("ame_explore: a view could not be drawn",h)}this.drawMs=1e3*(w()-
e)}this.oldest=Math.max(this.oldest,a?0:s),!(!t.ask&&!a)&&(this.tell({type:"ack",n:t.n,age_ms:1e3*(a?s:this.oldest),stale:a}),
this.oldest=0)}};function Tt(o){return()=>{let t;return{initialize({model:e}){return t=new gt(e),()=>t.close()},render({
el:e}){let s=o(t,e),i=t.mount(s);return()=>{i(),s.close?.()}}}}}var z=null;function H(o){z?z.push(o):o()}function Et(o){let t=z,e=z=[];try{o()}finally{z=t}for(let s of e)s()}var bt=new WeakMap,
$t;function B(o){$t??=new ResizeObserver(h=>{for(let{target:c}of h)bt.set(c,[c.clientWidth,c.clientHeight]),c.dispatchEvent(
new Event("ame-size",{bubbles:!0}))});let t=Math.min(2,window.devicePixelRatio||1),e=bt.get(o);e||($t.observe(o),bt.set(
o,e=[o.clientWidth,o.clientHeight]));let[s,i]=e,[a,r]=[Math.round(s*t),Math.round(i*t)];return(o.width!==a||o.height!==r)&&
(o.width=a,o.height=r),{width:s,height:i,scale:t}}function T(o,t){return o.getContext("2d",t)}var ce=new Set(["svg","path"]),Nt={text:"textContent",value:"value",checked:"checked"};function n(o,t={},...e){let s=ce.
has(o)?"http://www.w3.org/2000/svg":"http://www.w3.org/1999/xhtml",i=document.createElementNS(s,o);i.append(...e.flat(1/0).
filter(a=>a!=null&&a!==!1));for(let[a,r]of Object.entries(t))r==null||r===!1||(a.startsWith("on")?i.addEventListener(a.slice(
2),r):a in Nt?i[Nt[a]]=r:i.setAttribute(a,r===!0?"":String(r)));return i}function b(o,t){o.textContent!==t&&(o.textContent=
t)}function x(o,t){o.hidden===t&&(o.hidden=!t)}function F(){let o=document.body.dataset.jpThemeLight;return o!==void 0?o===
"false":document.body.classList.contains("vscode-dark")}var de=0,U=()=>`ame-${Math.random().toString(36).slice(2,9)}-${de+=
1}`;var wt=o=>o.replaceAll("-","−");function Ct(o,t=3,{signed:e=!1,fine:s=!1}={}){if(typeof o!="number"||!Number.isFinite(
o))return"–";let i;return s&&o!==0&&Math.abs(o)<.1?i=Math.floor(Math.log10(Number(Math.abs(o).toPrecision(2))))<-4?o.toExponential(
1).replace(/e([+-])(\d)$/,"e$10$2"):o.toPrecision(2):i=s&&o===0?"0.0":o.toFixed(t||(Number.isInteger(o)?0:1)),Number(i)===
0?i.replace("-",""):(t===0&&!s&&(i=i.replace(/\B(?=(\d{3})+($|\.))/g,",")),wt(e&&o>0?`+${i}`:i))}function me(o,t=3,{signed:e=!1}={}){
if(typeof o!="number"||!Number.isFinite(o))return"–";if(o===0)return"0";let[s,i]=o.toExponential(t-1).split("e"),a=t-1-
Number(i),r=a>=-3&&a<=t+2?o.toFixed(Math.max(a,0)):`${s}e${Number(i)}`;return wt(e&&o>0?`+${r}`:r)}function S(o){return o==
null||o===""?"–":typeof o!="number"?String(o):Number.isInteger(o)&&Math.abs(o)<1e6?wt(String(o)):me(o)}var It=o=>o.toExponential(
0).replace("e+","e").replaceAll("-","−");function yt(o,t){let e=t.length>1?Math.abs(t[1]-t[0]):Math.abs(o)||1;return o!==
0&&(Math.abs(o)<.001||Math.abs(o)>=1e4)?It(o):o.toFixed(Math.max(0,Math.min(4,-Math.floor(Math.log10(e)+1e-9)))).replace(
"-","−")}var Lt=o=>o>=.001&&o<1e4?String(Number(o.toPrecision(1))):It(o),K=o=>o===null?"default":o===!0?"on":o===!1?"o\
ff":String(typeof o=="number"?Number(o.toPrecision(4)):o);var Pt=["#0072B2","#D55E00","#009E73","#CC79A7","#56B4E9","#E69F00"],pe=["#5AB0EE","#FF8F45","#3CC79B","#E39BC4","#9BD3F\
5","#F0B93A"],Ot=[[],[6,3],[2,2.5],[7,3,2,3],[12,4],[12,3,3,3]],Dt=["circle","diamond","square","triangle","x","cross"],
$=o=>(F()?pe:Pt)[o%Pt.length],Y=o=>Ot[o%Ot.length],X=o=>Dt[o%Dt.length],Bt=new Set(["ame","share.ame"]);var Ft=["circle","diamond","square","triangle","cross","triangle-down","pentagon","bar","hexagon","x"],_t=o=>Ft[o%Ft.length];
function ue(o,t,e,s,i){let a=l=>{o.beginPath(),l.forEach(([m,d],p)=>o[p?"lineTo":"moveTo"](e+m*i,s+d*i)),o.closePath()},
r=(l,m,d=1)=>Array.from({length:l},(p,f)=>{let g=m+2*Math.PI*f/l;return[d*Math.cos(g),d*Math.sin(g)]}),h=l=>[[-l,-1],[l,
-1],[l,-l],[1,-l],[1,l],[l,l],[l,1],[-l,1],[-l,l],[-1,l],[-1,-l],[-l,-l]];t==="circle"?(o.beginPath(),o.arc(e,s,.92*i,0,
2*Math.PI)):t==="diamond"?a([[0,-1.1],[.95,0],[0,1.1],[-.95,0]]):t==="square"?a([[-.82,-.82],[.82,-.82],[.82,.82],[-.82,
.82]]):t==="triangle"?a(r(3,-Math.PI/2,1.15)):t==="triangle-down"?a(r(3,Math.PI/2,1.15)):t==="cross"?a(h(.38)):t==="x"?a(
(l=>l.map(([m,d])=>[(m-d)*Math.SQRT1_2,(m+d)*Math.SQRT1_2]))(h(.36))):t==="pentagon"?a(r(5,-Math.PI/2,1.05)):t==="hexago\
n"?a(r(6,0,1.05)):t==="bar"?a([[-1.05,-.5],[1.05,-.5],[1.05,.5],[-1.05,.5]]):t==="star"&&a(Array.from({length:10},(l,m)=>{
let d=-Math.PI/2+Math.PI*m/5,p=m%2?.48:1.15;return[p*Math.cos(d),p*Math.sin(d)]}))}var fe={cross:[[-1,0,1,0],[0,-1,0,1]],
x:[[-.8,-.8,.8,.8],[-.8,.8,.8,-.8]]};function C(o,{shape:t,color:e,filled:s,halo:i,inside:a,edge:r=.55},h,c,l){let m=fe[t];
if(!s&&m){o.lineCap="round";for(let{style:d,width:p}of[{style:i,width:(.2+r)*l},{style:e,width:Math.max(1.2,.32*l)}])if(d){
o.strokeStyle=d,o.lineWidth=p,o.beginPath();for(let[f,g,u,M]of m)o.moveTo(h+f*l,c+g*l),o.lineTo(h+u*l,c+M*l);o.stroke()}
return}ue(o,t,h,c,l),i&&(o.lineWidth=r*l,o.strokeStyle=i,o.stroke()),s?(o.fillStyle=e,o.fill()):(o.fillStyle=a||i||"tran\
sparent",o.fill(),o.lineWidth=Math.max(1.2,.36*l),o.strokeStyle=e,o.stroke())}function vt(o,t,e=1){let s=Math.ceil(t*1.6)+
1,i=2*s+1,a=document.createElement("canvas");a.width=a.height=i;let r=T(a,{willReadFrequently:!0});C(r,o,s+.5,s+.5,t);let{
data:h}=r.getImageData(0,0,i,i),c=[],l=[],m=[],d=[],p=[];for(let f=0;f<i*i;f++){let g=Math.round(h[4*f+3]/255*32*e);g&&(c.
push(f%i-s),l.push(Math.floor(f/i)-s),m.push(h[4*f]|h[4*f+2]<<16),d.push(h[4*f+1]<<8),p.push(g))}return{half:s,dx:Int32Array.
from(c),dy:Int32Array.from(l),rb:Int32Array.from(m),g:Int32Array.from(d),a:Int32Array.from(p)}}function kt(o,t,e,s,i,a){
let{half:r,dx:h,dy:c,rb:l,g:m,a:d}=s,p=Math.round(i),f=Math.round(a);if(p<r||f<r||p>=t-r||f>=e-r)return;let g=f*t+p;for(let u=0;u<
d.length;u++){let M=g+c[u]*t+h[u],N=o[M],k=32-d[u],y=(N&16711935)*k+l[u]*d[u]>>>5&16711935,E=(N&65280)*k+m[u]*d[u]>>>5&65280;
o[M]=4278190080|y|E}}function Rt(o){let t=document.createElement("canvas");t.width=t.height=1;let e=T(t);return e.fillStyle=
o,e.fillRect(0,0,1,1),e.getImageData(0,0,1,1).data}var I={},qt=o=>Object.assign(I,o);function xt(o,t){let e=I[o];return e?Ct(t,e.decimals,{fine:e.fine}):S(t)}function zt(o,t,e){let s=t-o;if(!(s>0))return[o];let i=s/e,a=10**Math.floor(Math.log10(i)),r=a*[1,2,5,10].find(c=>c*a>=i*
.999),h=[];for(let c=Math.ceil(o/r-1e-9)+0;c*r<=t+1e-9*s;c++)h.push(c*r);return h}function Kt(o,t){let e=[];for(let i=Math.
floor(Math.log10(o));i<=Math.ceil(Math.log10(t));i++)for(let a of t/o>1e4?[1]:[1,3])e.push(a*10**i);let s=e.filter(i=>i>=
o&&i<=t);return s.length>5?s.filter((i,a)=>a%2===0):s}function Wt(o){let[t,e]=[1/0,-1/0];for(let i of o)for(let a=0;a<i.
length;a++)Number.isFinite(i[a])&&(t=Math.min(t,i[a]),e=Math.max(e,i[a]));if(t>e)return{low:0,high:1,log:!1};if(t>0&&e/t>
30)return{low:t/1.2,high:e*1.2,log:!0};let s=(e-t)*.08||Math.abs(e)*.05||.5;return{low:t>=0&&t<.35*e?0:t-s,high:e+s,log:!1}}
function _(o,t){let e=0,s=o.length;for(;e<s;){let i=e+s>>1;o[i]<=t?e=i+1:s=i}return e-1}function Mt(o,t){if(!o.length)return t;
let e=_(o,t),s=o[Math.max(0,e)],i=o[Math.min(o.length-1,e+1)];return t-s<=i-t?s:i}function jt(o,t,e){let s=Mt(o,e);if(Math.
abs(e-t)!==1||s!==t)return s;let i=o.indexOf(t)+Math.sign(e-t);return o[Math.max(0,Math.min(o.length-1,i))]??s}function Ht(o,t){
let e=[];for(let s=0,i=0;s<o.x.length&&i<t.x.length;)if(o.x[s]===t.x[i]){let a=t.y[i]-o.y[s];Number.isFinite(a)&&e.push(
[o.x[s],a]),s++,i++}else o.x[s]<t.x[i]?s++:i++;return e}function J(o,t,e){let s=n("div",{class:"ame-table-box",hidden:!0,tabindex:"0",role:"region","data-testid":`table-${o}`,"\
aria-label":`${t}: the data`}),i=n("button",{class:"ame-quiet",type:"button","aria-expanded":"false","aria-label":`${t}:\
 show the data as a table`,title:"Show the data as a table","data-testid":`table-toggle-${o}`},"▦"),a=0,r=()=>{let{columns:c,
rows:l}=e();s.replaceChildren(n("table",{},n("thead",{},n("tr",{},c.map(m=>n("th",{scope:"col"},m)))),n("tbody",{},l.map(
m=>n("tr",{},m.map(d=>n("td",{},S(d))))))))},h=()=>{s.hidden||w()-a<.5||(a=w(),r())};return i.addEventListener("click",()=>{
s.hidden=!s.hidden,i.setAttribute("aria-expanded",String(!s.hidden)),s.hidden||r()}),{button:i,box:s,update:h}}var ge=30,G=class{constructor(t,e){let s=I[e];this.lab=t,this.term=e,this.label=s?.short??e.replaceAll("_"," "),this.range=
s?.limits,this.at=null,this.steps=1,this.saidAt=0,this.box=null,this.values=n("span",{class:"ame-values"}),this.unit=n("\
small",{}),this.canvas=n("canvas",{class:"ame-line",role:"img",tabindex:"0","data-testid":`chart-${e}`}),this.table=J(e,
this.label,()=>this.rows()),this.el=n("div",{class:"ame-chart","data-term":e},n("div",{class:"ame-chart-head"},n("h5",{title:s?.
definition||this.label},this.label),this.table.button),n("div",{class:"ame-readout"},this.values,this.unit),this.canvas,
this.table.box),this.canvas.addEventListener("pointermove",i=>this.point(i.offsetX)),this.canvas.addEventListener("point\
erleave",()=>this.point(null)),this.canvas.addEventListener("click",i=>this.box&&this.lab.scrubTo(Math.round(this.stepAt(
i.offsetX,this.box))))}stepAt(t,{left:e,right:s}){return Math.max(0,Math.min(1,(t-e)/(s-e)))*this.steps}point(t){this.box&&
(this.at=t===null?null:this.stepAt(t,this.box),this.lab.chartCursor(this.at))}lines(t){return t.arms.map((e,s)=>({arm:e,
index:s,series:e.series[this.term]})).filter(({series:e})=>e?.x.length)}draw(t,e=this.at){let s=this.lines(t);if(x(this.
el,s.length>0),!s.length)return;this.steps=Math.max(1,t.steps);let i=e??t.scrubbed;this.readout(s,i,t),H(()=>this.paint(
s,i)),this.table.update()}readout(t,e,s){let i=t.map(({arm:h,index:c,series:l})=>{let m=e===null?l.x.length-1:_(l.x,e),d=m>=
0&&be(h,l.x[m],e);return{index:c,name:h.name,value:m<0||d?null:l.y[m],old:d?l.x[m]:null}});for(;this.values.children.length>
i.length;)this.values.lastChild?.remove();for(;this.values.children.length<i.length;)this.values.append(n("span",{class:"\
ame-value"},n("i",{}),n("b",{})));i.forEach(({index:h,name:c,value:l,old:m},d)=>{let p=this.values.children[d],[f,g]=p.children;
f.style.background=$(h),p.title=m===null?c:`${c}: not measured since step ${m}`,b(g,xt(this.term,l))});let a=s.units[this.
term]??I[this.term]?.unit??"";b(this.unit,a),x(this.unit,a!=="");let r=`${this.label}${a?` in ${a}`:""}: `+i.map(({name:h,
value:c})=>`${h} ${xt(this.term,c)}`).join(", ")+` at step ${Math.round(e??s.step)}`;(w()-this.saidAt>1||s.state!=="play\
ing")&&(this.saidAt=w(),this.canvas.setAttribute("aria-label",r))}paint(t,e){let{width:s,height:i,scale:a}=B(this.canvas);
if(!s||!i)return;let{ink:r}=this.lab,h=T(this.canvas);h.setTransform(a,0,0,a,0,0),h.clearRect(0,0,s,i);let c=t.length>1&&
!Bt.has(this.term),l=c?ge:0,{low:m,high:d,log:p}=this.range?{low:this.range[0],high:this.range[1],log:!1}:Wt(t.map(({series:v})=>v.
y)),f=p?Kt(m,d):zt(m,d,3),g=f.map(v=>p?Lt(v):yt(v,f)),u=c?Ht(t[0].series,t[1].series):[],M=Math.max(...u.map(([,v])=>Math.
abs(v)),1e-12),N=u.length&&M>1e-12?`±${yt(M,[0,M/2])}`:"0";h.font=`12px ${r.font}`;let k=Math.max(...[...g,c?N:""].map(
v=>h.measureText(v).width)),y={left:Math.max(40,Math.ceil(k)+7),right:s-8,top:5,bottom:i-16-l};this.box=y;let E=p?Math.log10:
v=>v,L=v=>y.left+(y.right-y.left)*v/this.steps,P=v=>y.bottom-(y.bottom-y.top)*(E(v)-E(m))/(E(d)-E(m));h.textBaseline="mi\
ddle",h.lineWidth=1,h.textAlign="right";for(let[v,re]of f.entries()){let ut=Math.round(P(re))+.5;h.strokeStyle=r.grid,h.
beginPath(),h.moveTo(y.left,ut),h.lineTo(y.right,ut),h.stroke(),h.fillStyle=r.muted,h.fillText(g[v],y.left-5,ut)}let q=this.
lab.scene?.chance[this.term];q!==void 0&&q>m&&q<d&&this.level(h,y,P(q),"chance",r),h.textBaseline="alphabetic",h.fillStyle=
r.muted,h.textAlign="left",h.fillText("0",y.left,i-3),h.textAlign="right",h.fillText(`${this.steps} steps`,y.right,i-3),
h.lineJoin="round";for(let v of t)this.turned(h,v,L,y);for(let v of t)this.curve(h,v,L,P,y,p);c&&this.difference(h,u,M,N,
$(t[1].index),L,{...y,top:y.bottom+4,bottom:y.bottom+l},r),e!==null&&(h.strokeStyle=r.text,h.globalAlpha=.5,h.beginPath(),
h.moveTo(Math.round(L(e))+.5,y.top),h.lineTo(Math.round(L(e))+.5,i-16),h.stroke(),h.globalAlpha=1)}curve(t,{arm:e,index:s,
series:i},a,r,h,c){let{ink:l}=this.lab,m=u=>Number.isFinite(u)&&!(c&&u<=0),d=u=>Math.max(h.top,Math.min(h.bottom,r(u))),
p=I[this.term]?.per_reading?e.turns.filter(({redefines:u})=>u).map(({step:u})=>u):[];t.setLineDash(Y(s)),t.strokeStyle=$(
s),t.lineWidth=1.8,t.beginPath();let f=!1;for(let u=0;u<i.x.length;u++){if(!m(i.y[u])){f=!1;continue}u&&p.some(M=>i.x[u-
1]<=M&&M<i.x[u])&&(f=!1),t[f?"lineTo":"moveTo"](a(i.x[u]),d(i.y[u])),f=!0}t.stroke(),t.setLineDash([]);let g=i.x.length-
1;if(m(i.y[g])&&C(t,{shape:X(s),color:$(s),filled:!0,halo:l.card},a(i.x[g]),d(i.y[g]),4),e.parent!==null&&e.fork_step){let u=_(
i.x,e.fork_step);u>=0&&C(t,{shape:"diamond",color:l.text,filled:!1,halo:l.card},a(i.x[u]),r(i.y[u]),3.5)}}turned(t,{arm:e,
index:s},i,a){let r=new Set(e.turns.map(({step:h})=>h).filter(h=>h>0));if(r.size){t.strokeStyle=$(s),t.globalAlpha=.75,t.
setLineDash([1.5,3]),t.beginPath();for(let h of r){let c=Math.round(i(h))+.5;t.moveTo(c,a.top),t.lineTo(c,a.bottom)}t.stroke(),
t.setLineDash([]),t.globalAlpha=1}}level(t,e,s,i,a){t.strokeStyle=a.muted,t.setLineDash([2,3]),t.beginPath(),t.moveTo(e.
left,s),t.lineTo(e.right,s),t.stroke(),t.setLineDash([]),t.textAlign="right",t.textBaseline="bottom",t.fillStyle=a.muted,
t.lineWidth=3,t.strokeStyle=a.card,t.strokeText(i,e.right,s-1),t.fillText(i,e.right,s-1),t.lineWidth=1}difference(t,e,s,i,a,r,h,c){
let l=(h.top+h.bottom)/2,m=(h.bottom-h.top)/2-2;t.fillStyle=c.soft,t.fillRect(h.left,h.top,h.right-h.left,h.bottom-h.top),
t.fillStyle=a,t.globalAlpha=.75,t.beginPath(),e.forEach(([d,p],f)=>{f||t.moveTo(r(d),l),t.lineTo(r(d),l-m*p/s)}),e.length&&
t.lineTo(r(e[e.length-1][0]),l),t.fill(),t.globalAlpha=1,t.strokeStyle=c.muted,t.lineWidth=1,t.beginPath(),t.moveTo(h.left,
Math.round(l)+.5),t.lineTo(h.right,Math.round(l)+.5),t.stroke(),t.fillStyle=c.muted,t.textAlign="right",t.textBaseline="\
middle",t.fillText(i,h.left-5,l)}rows(){let t=this.lines(this.lab.frame),e=[...new Set(t.flatMap(({series:r})=>[...r.x]))].
sort((r,h)=>r-h),s=e.length>120?e.filter((r,h)=>h%Math.ceil(e.length/120)===0||h===e.length-1):e,i=t.map(({series:r})=>new Map(
[...r.x].map((h,c)=>[h,r.y[c]]))),a=["step",...t.map(({arm:r})=>r.name)];return t.length>1&&a.push(`${a[2]} − ${a[1]}`),
{columns:a,rows:s.map(r=>{let h=i.map(l=>l.get(r)??null),c=h[0]===null||h[1]===null?null:h[1]-h[0];return t.length>1?[r,
...h,c]:[r,...h]}).reverse()}}};function be(o,t,e){let s=o.series.harmonic_mean?.x,i=s?.length?e===null?s.length-1:_(s,e):
-1;return i>=0&&t<s[i]}var Ut={n:0,state:"waiting",error:null,note:null,progress:null,step:0,steps:0,epoch:0,steps_per_epoch:null,speed:null,scrubbed:null,
recorded_steps:[],units:{},arms:[],dials:[],delta:{columns:[],rows:[]},diagnosis:[],breaks:[],prediction:null,selection:[],
said:[],show:null,locked:[],explained:"",caption:null,to_lose:""},R=o=>o.scrubbed!==null,O=o=>o.scrubbed??o.step,A=class{#t="";isNew(t){
let e=JSON.stringify(t);return e===this.#t?!1:(this.#t=e,!0)}forget(){this.#t=""}};var Yt={accuracy:"Accuracy on test images",entropy:"Entropy, and how strongly AME pulls",loss:"Losses"},V=class{constructor(t){
this.lab=t,this.charts=new Map,this.arms=new A,this.drawnAt=0,this.key=n("ul",{class:"ame-legend","aria-label":"Arms"}),
this.hint=n("span",{class:"ame-muted"});let e=i=>{let a=n("div",{class:"ame-chart-row"});return{row:a,box:n("section",{class:"\
ame-chart-group",hidden:!0,"aria-label":Yt[i]},n("h4",{},Yt[i]),a)}},s=n("div",{class:"ame-chart-row"});this.groups={accuracy:e(
"accuracy"),entropy:e("entropy"),loss:e("loss"),"":{row:s,box:n("details",{class:"ame-chart-group ame-later",hidden:!0,ontoggle:()=>t.
again()},n("summary",{},"More curves"),s)}},this.el=n("section",{class:"ame-card ame-charts","aria-label":"Curves"},n("h\
eader",{},n("h3",{},"Curves"),this.key,n("span",{class:"ame-push"}),this.hint),n("div",{class:"ame-groups"},Object.values(
this.groups).map(({box:i})=>i)));for(let[i,{group:a}]of Object.entries(I))a&&this.add(i)}add(t){let e=new G(this.lab,t);
this.charts.set(t,e),this.groups[I[t]?.group??""].row.append(e.el)}draw(t,e=null){let{arms:s}=t;for(let i of s)for(let a of Object.
keys(i.series))this.charts.has(a)||this.add(a);if(this.arms.isNew([F(),s.map(i=>i.name)])&&(this.key.replaceChildren(...s.
map((i,a)=>{let r=n("canvas",{width:60,height:24,class:"ame-key","aria-hidden":"true"}),h=T(r);return h.strokeStyle=$(a),
h.lineWidth=4,h.setLineDash(Y(a).map(c=>2*c)),h.beginPath(),h.moveTo(2,12),h.lineTo(58,12),h.stroke(),C(h,{shape:X(a),color:$(
a),filled:!0},30,12,7),n("li",{title:i.label},r,i.name)})),b(this.hint,s.length>1?`shaded below each: ${s[1].name} − ${s[0].
name}`:"")),!(t.state==="playing"&&e===null&&this.lab.cursor===null&&w()-this.drawnAt<.45)){this.drawnAt=w();for(let i of this.
charts.values())i.draw(t,e);for(let{box:i,row:a}of Object.values(this.groups))x(i,[...a.children].some(r=>!r.hidden))}}};function Xt({low:o,high:t,scale:e,whole:s,step:i,value:a}){let r=o??0,h=t??Math.max(1,2*(typeof a=="number"?a:1)),c=i??(s?
1:null),l=e==="log",m=l&&r<=0?30:0,d=r>0?r:h/10**4,p=c!==null&&!l?Math.round((h-r)/c):1e3,f=k=>Math.max(r,Math.min(h,k)),
g=k=>{let y=c===null?Number(k.toPrecision(l?2:3)):r+Math.round((k-r)/c)*c;return f(s?Math.round(y):Number(y.toPrecision(
12)))},u=k=>l?m&&k<=0?0:m+(p-m)*Math.log(Math.max(k,d)/d)/Math.log(h/d):p*(k-r)/(h-r),M=k=>l?k<m/2?0:g(d*Math.exp(Math.max(
0,k-m)/(p-m)*Math.log(h/d))):g(r+(h-r)*k/p);return{low:r,last:p,toSlider:u,fromSlider:M,nudge:(k,y)=>c!==null?g(k+y*c):f(
M(Math.max(0,Math.min(p,u(k)+y*p/40)))),box:c??"any"}}var Q=class{constructor(t){this.lab=t,this.nodes=new Map,this.names=new A,this.shape=new A,this.arm=n("select",{"data-te\
stid":"dial-arm","aria-label":"Which arms the dials turn",title:"AME's dials (ω, reading, temperature of H) turn the arm\
s with AME; the others turn all arms",onchange:()=>this.draw(t.frame)}),this.armRow=n("label",{class:"ame-for",hidden:!0},
"for ",this.arm),this.live=n("div",{class:"ame-dial-list"}),this.later=n("div",{class:"ame-dial-list"}),this.laterBox=n(
"details",{class:"ame-later"},n("summary",{},"Takes effect at reset"),this.later),this.el=n("section",{class:"ame-card a\
me-dials","aria-label":"Dials"},n("header",{},n("h3",{},"Dials"),n("span",{class:"ame-push"}),this.armRow),this.live,this.
laterBox)}draw({arms:t,dials:e}){if(this.names.isNew(t.map(i=>[i.name,i.label]))){let i=this.arm.value;this.arm.replaceChildren(
n("option",{value:""},"all relevant"),...t.map(a=>n("option",{value:a.name,title:a.label},a.name))),this.arm.value=t.some(
a=>a.name===i)?i:"",x(this.armRow,t.length>1)}let s={value:0,values:0,concerns:0,idle:0,pending:0,locked:0};if(this.shape.
isNew(e.map(i=>({...i,...s})))){this.nodes=new Map(e.map(a=>[a.field,new St(this,a)]));let i=a=>[...this.nodes.values()].
filter(({dial:r})=>r.steerable===a).map(({el:r})=>r);this.live.replaceChildren(...i(!0)),this.later.replaceChildren(...i(
!1)),x(this.laterBox,e.some(a=>!a.steerable))}for(let i of e)this.nodes.get(i.field)?.draw(i,this.arm.value||null)}set(t,e){
this.lab.command("set",{field:t,value:e,arm:this.arm.value||null})}},Jt=.8,St=class{constructor(t,e){this.owner=t,this.dial=
e,this.touched=-1/0,this.typing=!1,this.drawn=new A,this.value=e.value,this.own=e.value,this.scale=Xt(e),this.send=j(a=>t.
set(e.field,a),120);let s=U(),i={id:s,"data-testid":`dial-${e.field}`,"aria-describedby":e.help?`${s}-help`:null};this.values=
n("span",{class:"ame-dial-values"}),this.slider=null,this.input=e.kind==="number"?this.box(i):e.kind==="choice"?this.choice(
i):this.switch(i),e.kind==="number"&&(this.slider=this.makeSlider()),this.el=n("div",{class:`ame-dial ame-dial-${e.kind}`,
title:e.locked?"Locked by the author of this lab":e.help},n("label",{for:s,class:"ame-dial-label",title:e.help},e.label),
this.slider?n("span",{class:"ame-number"},this.slider,this.input):this.input,this.values,e.help&&n("span",{class:"ame-he\
lp",id:`${s}-help`},e.help))}choice(t){let e=n("select",{...t,onchange:()=>this.turn(JSON.parse(e.value))},this.dial.choices.
map(s=>n("option",{value:JSON.stringify(s)},K(s))));return e}switch(t){return n("button",{...t,type:"button",role:"switc\
h",class:"ame-switch",onclick:()=>this.turn(!this.value)})}box(t){let{dial:e}=this,s=n("input",{...t,type:"number",min:e.
low,max:e.high,step:this.scale.box,oninput:()=>this.typing=!0,onblur:()=>{this.typing=!1,this.owner.lab.again()},onchange:()=>{
if(this.typing=!1,s.value===""&&!e.optional)return this.show(this.own);this.turn(s.value===""?null:Number(s.value))}});return s}makeSlider(){
let t=n("input",{type:"range",min:0,max:this.scale.last,step:1,"aria-label":`${this.dial.label}, slider`,oninput:()=>this.
turn(this.scale.fromSlider(Number(t.value)),!0),onkeydown:e=>this.nudge(e)});return t}nudge(t){let s={ArrowRight:1,ArrowUp:1,
ArrowLeft:-1,ArrowDown:-1}[t.key];if(!s)return;t.preventDefault();let i=typeof this.value=="number"?this.value:this.scale.
low,a=this.scale.nudge(i,s);a!==i&&this.turn(a)}turn(t,e=!1){this.touched=w(),this.drawn.forget(),this.show(t,e),this.send(
t),setTimeout(()=>this.owner.lab.again(),1e3*Jt+100)}show(t,e=!1){let{input:s,slider:i}=this;if(this.value=t,i&&s instanceof
HTMLInputElement){s.value=t===null?"":String(Number(Number(t).toPrecision(6)));let a=this.dial.none||"default";s.placeholder=
t===null?a:S(t),s.title=t===null?a:"",!e&&t!==null&&(i.value=String(this.scale.toSlider(Number(t)))),i.setAttribute("ari\
a-valuetext",t===null?a:`${S(t)} ${this.dial.unit}`.trim())}else s instanceof HTMLSelectElement?s.value=JSON.stringify(t):
(s.setAttribute("aria-checked",String(!!t)),b(s,t?"on":"off"))}draw(t,e){let{lab:s}=this.owner,{values:i}=t;this.dial=t,
this.own=e!==null&&e in i?i[e]:t.value;let a=t.locked||R(s.frame)||s.locked("set")||s.locked(t.field);if(this.input.disabled=
a,this.slider&&(this.slider.disabled=a),this.el.classList.toggle("ame-pending",t.pending),this.typing||w()-this.touched<
Jt||!this.drawn.isNew([this.own,i,e,t.idle]))return;let r=e===null?t.concerns.map(l=>({name:l,value:i[l]})):[],h=r.some(
({value:l})=>l!==r[0].value);this.show(this.own),h&&this.slider&&this.input instanceof HTMLInputElement&&(this.input.value=
"",this.input.placeholder="differs",this.slider.value=String(this.scale.toSlider(Number(r[r.length-1].value??this.scale.
low))),this.slider.setAttribute("aria-valuetext","differs between arms"));let c=h?r.map(({name:l,value:m})=>`${l}: ${K(m)}`):
[];b(this.values,[...c,...t.idle?[`no effect: ${t.idle}`]:[]].join(" · "))}},Z=class{constructor(t){this.lab=t,this.nodes=
new Map,this.shape=new A,this.list=n("div",{class:"ame-break-list"}),this.el=n("section",{class:"ame-card ame-breaks","a\
ria-label":"Break it"},n("header",{},n("h3",{},"Break it"),n("span",{class:"ame-muted"},"and read the diagnosis")),this.
list)}draw(t){let{breaks:e}=t;x(this.el,e.length>0),this.shape.isNew(e.map(s=>s.switch))&&(this.nodes=new Map(e.map(s=>{
let i=n("button",{type:"button",role:"switch",class:"ame-break",title:s.help,"data-testid":`break-${s.switch}`,onclick:()=>this.
turn(s,i.getAttribute("aria-checked")!=="true")},n("i",{"aria-hidden":"true"}),n("span",{},s.label,s.help&&n("small",{},
s.help)));return[s.switch,i]})),this.list.replaceChildren(...this.nodes.values()));for(let s of e){let i=this.nodes.get(
s.switch);i.setAttribute("aria-checked",String(s.on)),i.disabled=R(t)||this.lab.locked("break")}}turn({switch:t,resets:e},s){
let i=()=>this.lab.command("break",{switch:t,on:s});e?this.lab.anew(i):i()}};var W=({k:o,x0:t,y0:e},s,i)=>[s*o+t,e-i*o],Vt=({k:o,x0:t,y0:e},s,i)=>[(s-t)/o,(e-i)/o];function Qt(o,{k:t,x0:e,y0:s},i,a,r=12){
let h=r*r,c=null;for(let l=0;l<o.length/2;l++){let m=o[2*l]*t+e-i,d=s-o[2*l+1]*t-a,p=m*m+d*d;p<h&&([h,c]=[p,l])}return c}
function Zt(o,t,e){let s=!1;for(let i=0,a=o.length-1;i<o.length;a=i++){let[r,h]=o[i],[c,l]=o[a];h>e!=l>e&&t<(c-r)*(e-h)/
(l-h)+r&&(s=!s)}return s}function te(o){let[t,e,s,i]=[1/0,-1/0,1/0,-1/0];for(let a of o)for(let r=0;r<a.length;r+=2)t=Math.
min(t,a[r]),e=Math.max(e,a[r]),s=Math.min(s,a[r+1]),i=Math.max(i,a[r+1]);return t<e?[t,e,s,i]:null}var tt=18,Gt=16;function ee(o,t){
let e=o.map(({x:s,y:i})=>[s-tt/2,i-tt/2,tt,tt]);return o.map(({x:s,y:i,width:a})=>{let r=[[12,0],[-12-a,0],[-a/2,-17],[-a/
2,17],[10,-14],[10,14],[-10-a,-14],[-10-a,14]],h=([l,m])=>[s+l-2,i+m-Gt/2,a+4,Gt],c=r.find(l=>{let[m,d,p,f]=h(l);return m>
0&&d>0&&m+p<t.width&&d+f<t.height&&!e.some(g=>m<g[0]+g[2]&&g[0]<m+p&&d<g[1]+g[3]&&g[1]<d+f)})??r[0];return e.push(h(c)),
c})}var we=24,et=class{constructor(t,e){this.owner=t,this.index=e,this.canvas=n("canvas",{class:"ame-points","aria-hidden":"\
true"}),this.over=n("canvas",{class:"ame-over",tabindex:"0",role:"application","data-testid":`manifold-${e}`}),this.swatch=
n("span",{class:"ame-swatch","aria-hidden":"true"}),this.title=n("span",{class:"ame-name"}),this.figures=n("p",{class:"a\
me-muted ame-figures"}),this.tip=n("div",{class:"ame-tip",hidden:!0,role:"status","data-testid":`tip-${e}`}),this.thumb=
n("canvas",{class:"ame-thumb","aria-hidden":"true"}),this.tipText=n("div",{}),this.tip.append(this.thumb,this.tipText),this.
el=n("div",{class:"ame-pane"},n("h4",{},this.swatch,this.title),this.figures,n("div",{class:"ame-stage"},this.canvas,this.
over,this.tip)),this.shown=null,this.image=null,this.pixels=new Uint32Array,this.lasso=null,this.drag=null,this.over.addEventListener(
"pointerdown",s=>this.down(s)),this.over.addEventListener("pointermove",s=>this.move(s)),this.over.addEventListener("poi\
nterup",s=>this.up(s)),this.over.addEventListener("pointercancel",()=>this.cancel()),this.over.addEventListener("pointer\
leave",()=>!this.drag&&this.owner.hover(this.owner.at=null)),this.over.addEventListener("wheel",s=>this.wheel(s),{passive:!1}),
this.over.addEventListener("keydown",s=>this.key(s))}draw(t,e,s){let i=B(this.canvas);if(B(this.over),!this.canvas.width||
!this.canvas.height)return;let a=Math.min(i.width/s.w,i.height/s.h),r={arm:t,scene:e,size:i,place:{k:a,x0:i.width/2-s.x*
a,y0:i.height/2+s.y*a}};this.shown=r,this.head(t,e),H(()=>this.paint(r))}paint({arm:t,scene:e,size:s,place:{k:i,x0:a,y0:r}}){
let{ink:h}=this.owner.lab,{width:c,height:l}=this.canvas,m=T(this.canvas);(!this.image||this.image.width!==c||this.image.
height!==l)&&(this.image=m.createImageData(c,l),this.pixels=new Uint32Array(this.image.data.buffer)),this.pixels.fill(h.
paper32);let d=s.scale,p=t.manifold?.points??[],f=p.length/2,g=d*Math.max(2,Math.min(5.2,Math.round(3*Math.sqrt(s.width*
s.height/Math.max(1,e.ids.length)))/10)),u=this.owner.spritesFor(e,g),{labels:M,ids:N}=e,k=this.owner.selected,y=k.size>
0,E=i*d,L=a*d,P=r*d,q=y?u.dim:u.plain;for(let v=0;v<f;v++)kt(this.pixels,c,l,q[M[v]],p[2*v]*E+L,P-p[2*v+1]*E);if(y)for(let v=0;v<
f;v++)k.has(N[v])&&kt(this.pixels,c,l,u.strong[M[v]],p[2*v]*E+L,P-p[2*v+1]*E);m.putImageData(this.image,0,0),t.manifold&&
this.stars(m,t.manifold.anchors,e,s,{k:i,x0:a,y0:r})}stars(t,e,s,i,a){let{ink:r}=this.owner.lab;t.save(),t.scale(i.scale,
i.scale),t.font=`600 13px ${r.font}`,t.textBaseline="middle",t.lineJoin="round";let h=i.width<380?7.5:9,c=Array.from({length:e.
length/2},(m,d)=>{let[p,f]=W(a,e[2*d],e[2*d+1]),g=s.short[d]??String(d),u=this.owner.mark(s,d);return C(t,{...u,shape:"s\
tar",filled:!0,halo:r.text},p,f,h),C(t,{...u,shape:"star",halo:null,inside:r.card},p,f,u.filled?h:.86*h),{text:g,x:p,y:f,
width:t.measureText(g).width}}),l=c.filter(({x:m,y:d})=>m>=-20&&d>=-20&&m<=i.width+20&&d<=i.height+20);c.length<=we&&ee(
l,i).forEach(([m,d],p)=>{let{text:f,x:g,y:u}=l[p];t.lineWidth=4,t.strokeStyle=r.card,t.strokeText(f,g+m,u+d),t.fillStyle=
r.text,t.fillText(f,g+m,u+d)}),t.restore()}head(t,e){this.swatch.style.background=$(this.index),b(this.title,t.name),this.
title.title=t.label;let s=t.manifold?.prediction,{labels:i}=e,a="";if(s?.length){let h=0;for(let l=0;l<s.length;l++)h+=+(s[l]===
i[l]);let c=s.length<i.length?` of these ${s.length}`:"";a=`${Math.round(100*h/s.length)} % right${c} among all ${e.class_names.
length} classes`}b(this.figures,t.error?`stopped: ${t.error}`:a);let r=`Shared manifold of ${t.name} at step ${t.manifold?.
step??t.step}. ${a}. Arrow keys move the view, plus and minus zoom, 0 shows everything, N and B go from image to image, \
Enter selects, Escape clears.`;this.over.getAttribute("aria-label")!==r&&this.over.setAttribute("aria-label",r)}under(t){
let e=this.shown?.arm.manifold?.points;return this.shown&&e?Qt(e,this.shown.place,t.offsetX,t.offsetY):null}overlay(t,e){
if(!this.shown)return;let{arm:s,scene:i,size:a,place:r}=this.shown,{width:h,height:c,scale:l}=a,{ink:m}=this.owner.lab,d=T(
this.over);d.setTransform(l,0,0,l,0,0),d.clearRect(0,0,h,c),this.lasso&&this.lasso.length>1&&(d.beginPath(),this.lasso.forEach(
([E,L],P)=>d[P?"lineTo":"moveTo"](E,L)),d.closePath(),d.fillStyle=m.wash,d.fill(),d.strokeStyle=m.accent,d.lineWidth=1.5,
d.setLineDash([5,3]),d.stroke(),d.setLineDash([]));let{manifold:p}=s;if(t===null||!p||2*t>=p.points.length){this.tip.hidden=
!0;return}let{points:f,anchors:g}=p,[u,M]=W(r,f[2*t],f[2*t+1]);d.beginPath(),d.arc(u,M,9,0,2*Math.PI),d.lineWidth=2.5,d.
strokeStyle=m.text,d.stroke();let N=i.labels[t];if(2*N<g.length&&(d.setLineDash([3,3]),d.lineWidth=1.5,d.beginPath(),d.moveTo(
u,M),d.lineTo(...W(r,g[2*N],g[2*N+1])),d.stroke(),d.setLineDash([])),!e){this.tip.hidden=!0;return}let k=this.owner.describe(
i,t,s);this.tip.hidden=!1,this.tipText.replaceChildren(n("strong",{},k.caption||k.label),n("div",{},`class ${k.label} · \
image ${k.id}`),n("div",{class:it(k)},st({...k,predicted:`answer: ${k.predicted}`})),n("div",{},`entropy ${S(k.entropy)}\
 nats`)),x(this.thumb,this.owner.lab.thumbnail(this.thumb,t));let y=u>h*.55;this.tip.style.left=y?"":`${u+16}px`,this.tip.
style.right=y?`${h-u+16}px`:"",this.tip.style.top=`${Math.max(4,Math.min(c-96,M-30))}px`}down(t){if(t.button!==0||!this.
shown)return;this.over.setPointerCapture(t.pointerId);let e=this.owner.tool==="move"||t.shiftKey&&t.altKey;this.drag={x:t.
offsetX,y:t.offsetY,far:!1,moving:e,add:t.shiftKey},this.lasso=e?null:[[t.offsetX,t.offsetY]]}move(t){let{drag:e,shown:s,
owner:i}=this;if(s){if(!e)return i.hover(i.at=this.under(t),this);e.far||=Math.hypot(t.offsetX-e.x,t.offsetY-e.y)>4,e.far&&
(this.lasso?(this.lasso.push([t.offsetX,t.offsetY]),i.hover(null)):i.view&&(i.view.x-=t.movementX/s.place.k,i.view.y+=t.
movementY/s.place.k,i.redraw()))}}up(t){let{drag:e,lasso:s,shown:i}=this;if(this.cancel(),!e||!i)return;let a=this.under(
t);e.far?s&&this.owner.select(this.within(i,s),e.add):a!==null?this.owner.select([i.scene.ids[a]],e.add):this.owner.selected.
size&&this.owner.select([])}cancel(){this.drag=this.lasso=null,this.owner.hover(null)}within({arm:t,scene:e,place:s},i){
let a=t.manifold?.points??[],r=[];for(let h=0;h<a.length/2;h++)Zt(i,...W(s,a[2*h],a[2*h+1]))&&r.push(e.ids[h]);return r}wheel(t){
!(t.ctrlKey||t.metaKey)||!this.shown||(t.preventDefault(),this.owner.zoom(Math.exp(t.deltaY*.002),Vt(this.shown.place,t.
offsetX,t.offsetY)))}key(t){let{owner:e,shown:s}=this;if(!s||!e.view||t.ctrlKey||t.metaKey||t.altKey)return;let{arm:i,scene:a}=s,
r=a.ids.length,c={ArrowLeft:[-1,0],ArrowRight:[1,0],ArrowUp:[0,1],ArrowDown:[0,-1]}[t.key],l=t.key.toLowerCase();if(c)e.
view.x+=.1*e.view.w*c[0],e.view.y+=.1*e.view.h*c[1],e.redraw();else if(l==="+"||l==="=")e.zoom(.8);else if(l==="-")e.zoom(
1.25);else if(l==="0")e.fit();else if(l==="n"||l==="b"){let m=((e.at??(l==="n"?-1:0))+(l==="n"?1:-1)+r)%r;e.at=m,e.hover(
m,this);let d=e.describe(a,m,i);e.lab.say(`Image ${d.id}: class ${d.label}, answer ${d.predicted}, entropy ${S(d.entropy)}\
 nats.`)}else if(l==="enter"&&e.at!==null)e.select([a.ids[e.at]],!0);else if(l==="escape")e.select([]);else return;t.preventDefault(),
t.stopPropagation()}};var st=({right:o,predicted:t})=>o===null?t:`${o?"✓":"✗"} ${t}`,it=({right:o})=>o===null?"ame-muted":o?"ame-right":"a\
me-wrong",se=1.04,ye=24,ie=([o,t,e,s])=>({x:(o+t)/2,y:(e+s)/2,w:se*(t-o||1),h:se*(s-e||1)}),at=class{constructor(t){this.
lab=t,this.panes=[],this.arms=[],this.view=null,this.home=null,this.tool="lasso",this.selected=new Set,this.at=null,this.
sprites=null,this.legend=n("ul",{class:"ame-legend","aria-label":"Classes: colour and shape; filled marks are base class\
es, open ones new"});let e=(i,a,r)=>n("button",{class:"ame-quiet",type:"button","aria-pressed":String(this.tool===i),"da\
ta-tool":i,title:a,"aria-label":a,onclick:()=>this.setTool(i)},r);this.tools=[e("lasso","Drag selects with a lasso","Las\
so"),e("move","Drag moves the view","Move")];let s=(i,a,r)=>n("button",{class:"ame-quiet",type:"button",title:i,"aria-la\
bel":i,onclick:r},a);this.table=J("manifold","Shared manifold",()=>this.rows()),this.note=n("span",{class:"ame-muted"}),
this.row=n("div",{class:"ame-panes"}),this.key="",this.footnote=n("p",{class:"ame-muted"}),this.el=n("section",{class:"a\
me-card ame-manifold","aria-label":"Shared manifold","data-view":"manifold"},n("header",{},n("h3",{},"Shared manifold"),
this.note,n("span",{class:"ame-push"}),n("div",{class:"ame-group",role:"group","aria-label":"What dragging does"},this.tools),
n("div",{class:"ame-group",role:"group","aria-label":"Zoom"},s("Zoom out","−",()=>this.zoom(1.25)),s("Zoom in","+",()=>this.
zoom(.8)),s("Fit to what is drawn now; once more: the axes' full range","Fit",()=>this.fit())),this.table.button),this.row,
this.legend,this.footnote,this.table.box)}setTool(t){this.tool=t;for(let e of this.tools)e.setAttribute("aria-pressed",String(
e.dataset.tool===t));for(let e of this.panes)e.over.style.cursor=t==="move"?"grab":"crosshair"}scene(t){this.home=t.extent&&
ie(t.extent),this.view=this.home&&{...this.home},this.sprites=null,this.at=null,this.key=t.base?"★ class text · filled: \
base class, open: new class":"★ class text",this.home&&this.shape(this.home),this.legendOf(t)}legendOf(t){let e=new Set(
t.labels),s=t.short.map((i,a)=>({name:i,c:a})).filter(({c:i})=>i<ye&&(!e.size||e.has(i)));this.legend.replaceChildren(...s.
map(({name:i,c:a})=>{let r=n("canvas",{width:28,height:28,"aria-hidden":"true"});return C(T(r),this.mark(t,a),14,14,8.5),
n("li",{},r,i)}))}mark(t,e,s=!0){let{ink:i}=this.lab;return{shape:_t(e),color:t.colors[e]??i.text,filled:t.base?!!t.base[e]:
!0,halo:s?i.card:null}}shape({w:t,h:e}){this.row.style.setProperty("--ame-aspect",Math.max(.9,Math.min(2,t/e)).toFixed(3))}frameExtent(){
let t=te(this.arms.flatMap(({manifold:e})=>e?[e.points,e.anchors]:[]));return t&&ie(t)}fit(){let t=this.frameExtent();if(!t)
return;let e=this.view&&Math.abs(this.view.w-t.w)+Math.abs(this.view.x-t.x)<1e-9*t.w;this.view={...e&&this.home?this.home:
t},this.redraw()}zoom(t,e=null){let{view:s}=this;s&&(e&&(s.x=e[0]+(s.x-e[0])*t,s.y=e[1]+(s.y-e[1])*t),s.w*=t,s.h*=t,this.
redraw())}draw(t){this.arms=t.arms,this.selected=new Set(t.selection),b(this.footnote,t.explained?`${this.key} · axes: ${t.
explained}`:this.key),this.home||(this.home=this.frameExtent(),this.view=this.home&&{...this.home},this.home&&this.shape(
this.home));let e=this.lab.scene?.ids.length??0,s=Math.min(...this.arms.map(({manifold:a})=>(a?.points.length??0)/2)),i=e.
toLocaleString("en");for(b(this.note,e?s>0&&s<e?`${s} of ${i} images while it trains`:`${i} images`:""),this.row.dataset.
arms=String(this.arms.length);this.panes.length>this.arms.length;)this.panes.pop()?.el.remove();for(;this.panes.length<this.
arms.length;){let a=new et(this,this.panes.length);this.panes.push(a),this.row.append(a.el)}this.redraw(),this.table.update()}redraw(){
let{view:t,lab:{scene:e}}=this;if(!(!t||!e)){for(let[s,i]of this.panes.entries())i.draw(this.arms[s],e,t);this.hover()}}theme(){
this.sprites=null,this.lab.scene&&this.legendOf(this.lab.scene),this.redraw()}spritesFor(t,e){if(this.sprites?.radius===
e)return this.sprites;let{ink:s}=this.lab,i=e>4,a=Math.max(1,t.short.length),r=(c,l)=>Array.from({length:a},(m,d)=>vt({...this.
mark(t,d,i),...c},e,l)),h=Array.from({length:a},(c,l)=>vt({...this.mark(t,l),halo:s.text,inside:s.card,edge:.4},e*1.2));
return this.sprites={radius:e,plain:r({},i?.95:.8),dim:r({halo:null},.16),strong:h},this.sprites}select(t,e=!1){let s=e?
[...new Set([...this.selected,...t])]:t;this.selected=new Set(s),this.lab.command("select",{ids:s}),this.redraw()}hover(t=this.
at,e=null){for(let s of this.panes)s.overlay(t,e===s||e===null&&s===this.panes[0])}describe(t,e,s){let i=t.labels[e],a=s?.
manifold?.prediction[e],r=h=>t.short[h]??"–";return{id:t.ids[e],caption:t.captions[e]??t.class_names[i]??"",label:r(i),
predicted:a===void 0?"–":r(a),right:a===void 0?null:a===i,entropy:s?.manifold?.entropy[e]}}rows(){let{scene:t}=this.lab,
e=[];if(t){let s=[...t.ids.keys()],i=a=>Number(this.selected.has(t.ids[a]));this.selected.size&&s.sort((a,r)=>i(r)-i(a));
for(let a of this.arms)for(let r of s.slice(0,Math.ceil(200/this.arms.length))){let{id:h,label:c,predicted:l,entropy:m}=this.
describe(t,r,a),d=a.manifold?.points;e.push([a.name,h,c,l,m,d?.[2*r],d?.[2*r+1]])}}return{columns:["arm","id","class","a\
nswer","entropy (nats)","axis 1","axis 2"],rows:e}}};var D=11;function ve(o,t,e,s){let i=[...o],a=o[t];for(let r=t;r!==e;r+=Math.sign(e-t))i[r]=a+(s-a)*(r-t)/(e-t);return i[e]=
s,i}var nt=class{constructor(t,{term:e,low:s,high:i},a,r,h){this.lab=t,this.term=e,this.low=s,this.high=i,this.locked=r,
this.report=h,this.values=a,this.cursor=0,this.last=null,this.canvas=n("canvas",{class:"ame-sketch",tabindex:"0",role:"a\
pplication","aria-label":`Sketch ${I[e]?.label??e} from ${s} to ${i} over the run. Left and right choose a place, up and\
 down set its height.`}),this.el=n("div",{},this.canvas);let c=l=>!r&&l.buttons&&this.put(l.offsetX/this.canvas.clientWidth,
1-l.offsetY/this.canvas.clientHeight);this.canvas.addEventListener("pointerdown",l=>{this.canvas.setPointerCapture(l.pointerId),
this.last=null,c(l)}),this.canvas.addEventListener("pointermove",c),this.canvas.addEventListener("keydown",l=>this.key(l))}put(t,e){
let s=Math.round(Math.max(0,Math.min(1,t))*(D-1)),i=this.low+(this.high-this.low)*Math.max(0,Math.min(1,e));this.values=
ve(this.values??new Array(D).fill(i),this.last??s,s,i),this.last=s,this.report(this.values),this.draw(this.lab.frame)}key(t){
let e={ArrowLeft:-1,ArrowRight:1}[t.key]??0,s={ArrowUp:.05,ArrowDown:-.05}[t.key]??0;if(!(!e&&!s||this.locked)){if(t.preventDefault(),
t.stopPropagation(),e)this.cursor=Math.max(0,Math.min(D-1,this.cursor+e));else{let i=this.values??new Array(D).fill((this.
low+this.high)/2);this.values=i,this.last=this.cursor,this.put(this.cursor/(D-1),(i[this.cursor]-this.low)/(this.high-this.
low)+s)}this.lab.say(`Place ${this.cursor+1} of ${D}: ${S(this.values?.[this.cursor])}`),this.draw(this.lab.frame)}}draw(t){
let{width:e,height:s,scale:i}=B(this.canvas);if(!e)return;let{ink:a}=this.lab,r=T(this.canvas);r.setTransform(i,0,0,i,0,
0),r.fillStyle=a.soft,r.fillRect(0,0,e,s);let h=c=>s-s*(c-this.low)/(this.high-this.low);r.font=`11px ${a.font}`,r.fillStyle=
a.muted,r.fillText(S(this.high),3,12),r.fillText(S(this.low),3,s-4),this.values?(r.strokeStyle=a.text,r.lineWidth=2,r.setLineDash(
[4,3]),r.beginPath(),this.values.forEach((c,l)=>r[l?"lineTo":"moveTo"](e*l/(D-1),h(c))),r.stroke(),r.setLineDash([])):r.
fillText("draw here",e/2-22,s/2),(this.locked?t.arms:[]).forEach((c,l)=>{let m=c.series[this.term];if(m){r.strokeStyle=$(
l),r.beginPath();for(let d=0;d<m.x.length;d++)r[d?"lineTo":"moveTo"](e*m.x[d]/(t.steps||1),h(m.y[d]));r.stroke()}}),document.
activeElement===this.canvas&&(r.fillStyle=a.accent,r.fillRect(e*this.cursor/(D-1)-1,0,2,s))}};var ae=.4,ot=class{constructor(){this.shown=new A,this.list=n("ul",{class:"ame-findings","data-testid":"diagnosis"}),this.
el=n("section",{class:"ame-card","aria-label":"Diagnosis"},n("header",{},n("h3",{},"Diagnosis")),this.list)}draw({diagnosis:t}){
if(!this.shown.isNew(t))return;let e={ok:{sign:"✓",name:"Fine"},warn:{sign:"!",name:"Watch"},alarm:{sign:"✗",name:"B\
roken"}},s=t.length?t:[{level:"ok",text:"Nothing to report yet."}];this.list.replaceChildren(...s.map(({level:i,text:a})=>n(
"li",{"data-level":i},n("b",{"aria-hidden":"true"},e[i].sign),n("span",{},n("span",{class:"ame-hidden"},`${e[i].name}: `),
a))))}},rt=class{constructor(){this.shape=new A,this.drawnAt=0,this.table=n("table",{"data-testid":"delta"}),this.body=n(
"tbody",{}),this.el=n("section",{class:"ame-card","aria-label":"What the last step changed"},n("header",{},n("h3",{},"Wh\
at the last step changed")),n("div",{class:"ame-delta",tabindex:"0",role:"region","aria-label":"Delta table"},this.table))}draw(t){
if(t.state==="playing"&&w()-this.drawnAt<ae)return;this.drawnAt=w();let{columns:e,rows:s}=t.delta;x(this.el,e.length>0),
this.shape.isNew([e,s.map(i=>i.length)])&&(this.body=n("tbody",{},s.map(i=>i.length===1?n("tr",{class:"ame-since"},n("th",
{scope:"rowgroup",colspan:e.length})):n("tr",{},e.map((a,r)=>r?n("td",{},n("b",{}),n("small",{})):n("th",{scope:"row"}))))),
this.table.dataset.columns=String(e.length),this.table.style.setProperty("--ame-columns",String(e.length)),this.table.replaceChildren(
n("thead",{},n("tr",{},e.map(i=>n("th",{scope:"col",title:i||null},i||n("span",{class:"ame-hidden"},"quantity"))))),this.
body)),s.forEach((i,a)=>i.forEach((r,h)=>{let c=this.body.children[a].children[h],l=typeof r=="string"?{value:r,trend:null,
by:""}:r;if(!h)return b(c,l.value);let[m,d]=c.children;b(m,l.value),b(d,l.trend===null?"":l.trend==="same"?"= same":`${l.
trend==="up"?"▲ +":"▼ −"}${l.by}`)}))}},ht=class{constructor(t){this.lab=t,this.shape=new A,this.questions=[],this.
answers={},this.sketches=[],this.outcomes=new Map,this.tried=!1,this.body=n("div",{}),this.commit=n("button",{type:"subm\
it",class:"ame-button ame-primary","data-testid":"commit"},"Commit my prediction"),this.note=n("p",{class:"ame-muted",role:"\
status"}),this.el=n("section",{class:"ame-card ame-predict","aria-label":"Predict, then run"},n("header",{},n("h3",{},"P\
redict, then run")),n("form",{onsubmit:e=>this.submit(e)},this.body,this.note,this.commit))}submit(t){t.preventDefault(),
this.tried=!0,this.tell(),this.missing().length||this.lab.command("predict",{answers:this.answers})}missing(){return this.
questions.filter(({id:t})=>this.answers[t]===void 0)}answer(t,e){this.answers[t]=e,this.tell()}tell(){let t=this.lab.frame.
prediction?.waiting,e=this.tried?this.missing():[];b(this.note,t?e.length?`Still open: ${e.map(({text:s})=>s).join(" ")}`:
"Commit your prediction to unlock play.":"Committed. The result appears below your answer.")}draw(t){let{prediction:e}=t;
if(x(this.el,e!==null),!e)return;let{questions:s,answers:i,outcome:a,waiting:r}=e;this.shape.isNew([s,r])&&(this.questions=
s,this.answers={...i},this.tried=!1,this.sketches=[],this.outcomes=new Map,this.body.replaceChildren(...s.map(h=>this.question(
h,!r)))),x(this.commit,r),this.tell();for(let[h,c]of this.outcomes){let l=a[h];if(x(c,!!l),!l)continue;let{text:m,right:d}=l;
c.className=`ame-outcome ${d===!0?"ame-right":d===!1?"ame-wrong":""}`,b(c,`${d===!0?"✓ ":d===!1?"✗ ":""}${m}`)}for(let h of this.
sketches)h.draw(t)}question({id:t,text:e,options:s,sketch:i},a){let r=n("p",{class:"ame-outcome",hidden:!0});this.outcomes.
set(t,r);let h=this.answers[t];if(i){let l=new nt(this.lab,i,Array.isArray(h)?[...h]:null,a,m=>this.answer(t,m));return this.
sketches.push(l),n("fieldset",{"data-testid":`predict-${t}`},n("legend",{},e),l.el,r)}let c=U();return n("fieldset",{disabled:a,
"data-testid":`predict-${t}`},n("legend",{},e),n("div",{class:"ame-options"},(s??[]).map(l=>n("label",{},n("input",{type:"\
radio",name:c,value:l,checked:h===l,onchange:()=>this.answer(t,l)}),` ${l}`))),r)}},ke=40,lt=class{constructor(t){this.lab=
t,this.listed=new A,this.drawnAt=0,this.count=n("span",{class:"ame-muted"}),this.whose=n("span",{class:"ame-muted","data\
-testid":"selection-arm"}),this.clear=n("button",{type:"button",class:"ame-quiet","data-testid":"clear-selection",onclick:()=>t.
command("select",{ids:[]})},"Clear"),this.body=n("tbody",{}),this.hint=n("p",{class:"ame-muted"},"Draw a lasso around po\
ints, or click one. In Python: .selection of this lab is a table of them."),this.scroll=n("div",{class:"ame-scroll",hidden:!0,
tabindex:"0",role:"region","aria-label":"Selected images"},n("table",{"data-testid":"selection"},n("thead",{},n("tr",{},
["","id","class","answer","entropy"].map(e=>n("th",{scope:"col"},e||n("span",{class:"ame-hidden"},"picture"))))),this.body)),
this.el=n("section",{class:"ame-card","aria-label":"Selection"},n("header",{},n("h3",{},"Selection"),this.count,this.whose,
n("span",{class:"ame-push"}),this.clear),this.hint,this.scroll)}draw(t){let{lab:e}=this,{scene:s}=e,i=t.selection;if(t.state===
"playing"&&i.length&&w()-this.drawnAt<ae)return;this.drawnAt=w(),x(this.hint,!i.length),x(this.scroll,i.length>0),x(this.
clear,i.length>0),b(this.count,i.length?`${i.length} image${i.length>1?"s":""}`:"");let a=s?i.slice(0,ke).flatMap(h=>e.rowOf.
get(h)??[]):[],r=t.arms.at(-1);b(this.whose,r&&t.arms.length>1&&a.length?`answers of ${r.name}`:""),this.listed.isNew([e.
scenes,a])&&this.body.replaceChildren(...a.map(h=>{let c=n("canvas",{class:"ame-thumb-small","aria-hidden":"true"});return e.
thumbnail(c,h),n("tr",{},n("td",{},c),n("td",{}),n("td",{}),n("td",{}),n("td",{}))})),s&&a.forEach((h,c)=>{let l=e.manifold.
describe(s,h,r),[,m,d,p,f]=this.body.children[c].children;b(m,String(l.id)),b(d,l.label),b(p,st(l)),p.className=it(l),b(
f,S(l.entropy))})}};function xe(o){let t=o.trim();return t.match(/^lab\(\s*["'](.*)["']\s*\)$/)?.[1]??t}var ct=class{constructor(t){
this.lab=t,this.names=new A,this.arm=n("select",{"aria-label":"Arm of the recipe",onchange:()=>this.draw(t.frame)}),this.
token=n("input",{type:"text",readonly:!0,"data-testid":"recipe-token","aria-label":"Recipe as one token",onfocus:()=>this.
token.select()}),this.copy=n("button",{type:"button",class:"ame-button","data-testid":"copy-recipe",onclick:()=>this.put()},
"Copy"),this.given=n("input",{type:"text",placeholder:"ame1:…","data-testid":"restore-token","aria-label":"Token to re\
store",spellcheck:"false"}),this.restore=n("button",{type:"submit",class:"ame-button","data-testid":"restore"},"Restore"),
this.el=n("section",{class:"ame-card ame-recipe","aria-label":"Recipe"},n("header",{},n("h3",{},"Recipe"),n("span",{class:"\
ame-push"}),this.arm),n("div",{class:"ame-field"},this.token,this.copy),n("form",{class:"ame-field",onsubmit:e=>{e.preventDefault();
let s=xe(this.given.value);s&&t.anew(()=>t.command("restore",{token:s}),this.lost(t.frame))}},this.given,this.restore),n(
"p",{class:"ame-muted"},'The whole run, steering included, as one string: lab("ame1:…") restores it.'))}lost({arms:t,step:e,
to_lose:s}){return t.length<2?s:`All ${t.length} arms as they stand at step ${e}${s&&`, with ${s},`}`}async put(){try{await navigator.
clipboard.writeText(this.token.value)}catch{this.token.select(),document.execCommand("copy")}b(this.copy,"Copied"),this.
lab.say("Recipe copied."),setTimeout(()=>b(this.copy,"Copy"),1500)}draw({arms:t}){if(this.names.isNew(t.map(s=>s.name))){
let s=this.arm.value;this.arm.replaceChildren(...t.map(i=>n("option",{value:i.name},i.name))),this.arm.value=t.some(i=>i.
name===s)?s:t.at(-1)?.name??"",x(this.arm,t.length>1)}let e=t.find(s=>s.name===this.arm.value)?.recipe_token??"";this.token.
value!==e&&(this.token.value=e),this.restore.disabled=this.given.disabled=this.lab.locked("restore")}};var Me="Start a new branch from this step (F)",Se=.6,ne=({step:o,text:t})=>`${t} from step ${o} on`,dt=class{constructor(t){
this.lab=t,this.shown=0,this.touched=-1/0,this.step=0,this.send=j(e=>t.command("scrub",{step:e}),80),this.range=n("input",
{type:"range",min:0,max:1,step:1,"data-testid":"scrubber","aria-label":"Recorded steps",class:"ame-scrub",oninput:()=>this.
moved()}),this.live=n("button",{type:"button",class:"ame-button","data-testid":"live-head",onclick:()=>t.command("scrub",
{step:null}),title:"Back to the newest step (L)"},"Back to live"),this.fork=n("button",{type:"button",class:"ame-button",
"data-testid":"fork","aria-expanded":"false",onclick:()=>this.toggle(),title:Me},"Fork from here…"),this.bars=n("div",
{class:"ame-branches",role:"list","aria-label":"Branches","data-testid":"branches"}),this.marks=[],this.arm=n("select",{
"aria-label":"Branch off","data-testid":"fork-arm",onchange:()=>this.editor()}),this.from=n("span",{"data-testid":"fork-\
step"}),this.field=n("select",{"aria-label":"Dial to change","data-testid":"fork-field",onchange:()=>this.editor()}),this.
input=null,this.value=n("span",{}),this.again=n("p",{class:"ame-muted ame-repeats",role:"status"}),this.form=n("form",{class:"\
ame-fork",hidden:!0,"data-testid":"fork-form",onsubmit:e=>this.submit(e),onkeydown:e=>e.key==="Escape"&&this.toggle(!1)},
n("label",{},"Branch off ",this.arm),this.from,n("label",{},"and set ",this.field),this.value,n("button",{type:"submit",
class:"ame-button ame-primary","data-testid":"fork-go"},"Fork and run on"),n("button",{type:"button",class:"ame-button",
onclick:()=>this.toggle(!1)},"Cancel"),this.again),this.note=n("p",{class:"ame-scrub-note",hidden:!0}),this.el=n("div",{
class:"ame-timeline",role:"group","aria-label":"Time"},n("div",{class:"ame-scrub-row"},n("div",{class:"ame-track"},this.
range,this.bars),this.live,this.fork),this.note,this.form)}toggle(t=this.form.hidden){if(this.form.hidden=!t,this.fork.setAttribute(
"aria-expanded",String(t)),!t)return this.fork.focus();let{frame:e}=this.lab;this.step=O(e),b(this.from,`at step ${this.
step}`),this.arm.replaceChildren(...e.arms.map(a=>n("option",{value:a.name,title:a.label},a.name)));let s=e.dials.filter(
a=>a.steerable&&!a.locked);this.field.replaceChildren(n("option",{value:""},"nothing"),...s.map(a=>n("option",{value:a.field},
a.label))),s.length&&(this.field.value=(s.find(({field:a})=>a==="omega")??s[0]).field);let i=e.arms.at(-1);i&&(this.arm.
value=i.name),this.editor(),this.field.focus()}editor(){let{frame:t}=this.lab,e=t.dials.find(({field:h})=>h===this.field.
value),s=t.arms.find(({name:h})=>h===this.arm.value),i=(s?.turns??[]).filter(({step:h,field:c})=>h>this.step&&c!==this.field.
value);if(b(this.again,s&&i.length?`The fork repeats the later changes of ${s.name}: ${i.map(ne).join("; ")}.`:""),this.
input=null,!e)return this.value.replaceChildren();let a=e.values[this.arm.value]??e.value,r={"aria-label":`New value of ${e.
label}`,"data-testid":"fork-value"};if(e.kind==="number"){let h=e.step??(e.whole?1:"any");this.input=n("input",{...r,type:"\
number",step:h,min:e.low,max:e.high,value:a??"",required:!0})}else{let h=e.kind==="switch"?[!0,!1]:e.choices;this.input=
n("select",r,h.map(c=>n("option",{value:JSON.stringify(c)},K(c)))),this.input.value=JSON.stringify(e.kind==="switch"?!a:
a)}this.value.replaceChildren("to ",this.input)}submit(t){t.preventDefault();let{input:e}=this,s=e?e.type==="number"?Number(
e.value):JSON.parse(e.value):null;this.lab.command("fork",{step:this.step,field:this.field.value||null,value:s,arm:this.
arm.value,play:!0}),this.toggle(!1)}moved(){let t=jt(this.lab.frame.recorded_steps,this.shown,Number(this.range.value));
this.range.value=String(t),this.shown=t,this.touched=w(),this.send(t)}draw(t){let e=Math.max(1,t.steps),s=t.recorded_steps.
length>0;this.range.max!==String(e)&&(this.range.max=String(e)),w()-this.touched>=Se&&(this.shown=O(t),this.range.value!==
String(this.shown)&&(this.range.value=String(this.shown))),this.range.setAttribute("aria-valuetext",`step ${this.shown} \
of ${e}`),this.range.disabled=this.lab.locked("scrub")||!s;let i=R(t);this.live.disabled=!i,this.fork.disabled=this.lab.
locked("fork")||!s||t.state==="preparing"||t.state==="closed",x(this.note,i),i&&b(this.note,`Looking back at step ${t.scrubbed}\
; the newest is ${t.recorded_steps.at(-1)??t.step}. Dials and curves are as they were then: fork from here to change one\
, or go back to live.`),(!i||t.arms.length!==this.bars.children.length)&&this.branches(t,e)}branches({arms:t},e){for(;this.
bars.children.length>t.length;)this.bars.lastChild?.remove();for(;this.bars.children.length<t.length;)this.bars.append(n(
"div",{role:"listitem",class:"ame-branch"},n("span",{class:"ame-branch-rail"},n("i",{}),n("span",{})),n("span",{class:"a\
me-branch-name"})));t.forEach((s,i)=>{let a=this.bars.children[i],[r,h]=a.children,[c,l]=r.children,m=s.fork_step??0;c.style.
left=`${100*m/e}%`,c.style.width=`${100*Math.max(0,s.step-m)/e}%`,c.style.background=$(i),b(h,s.name),this.marks[i]??=new A,
this.marks[i].isNew([s.turns,e])&&l.replaceChildren(...s.turns.map(d=>n("b",{style:`left: ${100*d.step/e}%`,title:ne(d)}))),
a.title=`${s.label}: step ${s.step}${s.finished?", finished":""}`})}};var oe={play:"M4 2.5v11l9-5.5z",pause:"M4 2.5h3v11H4zM9.5 2.5h3v11h-3z",step:"M3 2.5v11l7-5.5zM11 2.5h2.2v11H11z",epoch:"\
M2 2.5v11l5.5-5.5zM7.5 2.5v11L13 8zM13 2.5h1.5v11H13z",reset:"M8 2.2a5.8 5.8 0 1 0 5.6 4.3h-2A3.9 3.9 0 1 1 8 4.1c1 0 2 \
.4 2.7 1.1L8.6 7.3H14V1.9l-1.9 1.9A5.8 5.8 0 0 0 8 2.2z"},Ae=[["","full speed"],[50,"50 steps/s"],[20,"20 steps/s"],[5,"\
5 steps/s"],[1,"1 step/s"]],Te={paused:"Paused",playing:"Training",finished:"Finished",failed:"Failed",closed:"Closed",preparing:"\
Preparing",waiting:"Connecting"},mt=class{constructor(t){this.lab=t;let e=(s,i,a,r,h)=>n("button",{type:"button",class:"\
ame-button","data-testid":i,title:r,onclick:h},n("svg",{viewBox:"0 0 16 16",width:14,height:14,"aria-hidden":"true",fill:"\
currentColor"},n("path",{d:oe[s]})),n("span",{},a));this.play=e("play","play","Play","Play or pause (K)",()=>t.toggle()),
this.play.classList.add("ame-primary"),this.step=e("step","step-one","Step","One minibatch (S)",()=>t.command("step")),this.
epoch=e("epoch","epoch","Epoch","One pass over the shots (E)",()=>t.command("epoch")),this.reset=e("reset","reset","Rese\
t","Back to step 0 of the original or restored recipe: steering is undone and forks are dropped (R)",()=>t.anew(()=>t.command(
"reset"))),this.speed=n("select",{"data-testid":"speed","aria-label":"Speed",title:"Speed",onchange:()=>t.command("speed",
{value:this.speed.value===""?null:Number(this.speed.value)})},Ae.map(([s,i])=>n("option",{value:s},i))),this.state=n("sp\
an",{class:"ame-state","data-testid":"state"}),this.count=n("span",{class:"ame-count","data-testid":"step"}),this.where=
n("span",{class:"ame-muted"}),this.el=n("div",{class:"ame-transport",role:"group","aria-label":"Training"},this.play,this.
step,this.epoch,this.reset,this.speed,this.state,this.count,this.where)}draw(t){let{state:e}=t,s=e==="playing",i=s?"Paus\
e":e==="finished"?"Play again":"Play";this.play.dataset.name!==i&&(this.play.dataset.name=i,this.play.querySelector("pat\
h")?.setAttribute("d",oe[s?"pause":"play"]),b(this.play.lastChild,i),this.play.setAttribute("aria-label",`${i} training`));
let a=e==="preparing"||e==="closed"||e==="waiting",r=t.prediction?.waiting??!1,h=(p,f,g=!0)=>p.disabled=a||this.lab.locked(
f)||!g;h(this.play,"play",s||!(r||e==="failed")),h(this.step,"step",!(r||e==="finished"||e==="failed")),h(this.epoch,"ep\
och",!(r||e==="finished"||e==="failed"));let c=t.steps_per_epoch,l=c===1?"here one minibatch holds all the shots, so it \
is one step":c?`${c} minibatches`:"";this.epoch.title=`One pass over the shots (E)${l&&`: ${l}`}`,h(this.reset,"reset"),
h(this.speed,"speed"),this.play.title=r?"Commit your prediction first":"Play or pause (K)";let m=String(t.speed??"");document.
activeElement!==this.speed&&this.speed.value!==m&&([...this.speed.options].some(p=>p.value===m)||this.speed.append(n("op\
tion",{value:m},`${m} steps/s`)),this.speed.value=m);let d=R(t);this.state.dataset.state=d?"back":e,b(this.state,d?"Look\
ing back":Te[e]),b(this.count,`step ${O(t)} of ${t.steps||"–"}`),b(this.where,e==="preparing"?t.progress?.text??"":c&&
c!==1?`epoch ${S(t.epoch)}`:"")}};var $e=[["K","play or pause"],["S","one minibatch"],["E","one epoch"],["R","reset"],["[ and ]","earlier and later record\
ed step"],["L","back to live"],["F","fork from here"],["D","to the dials"],["M","to the manifold"],["?","this list"]],pt=class{constructor(t){
this.client=t,this.scene=null,this.scenes=0,this.frame=Ut,this.rowOf=new Map,this.heard=new Set,this.newest="",this.ink=
this.readInk(),this.cursor=null,this.unfocused=null,this.due=this.cursorDue=0,this.finishedAt=-1/0,this.quiet=0,this.lateBy=
0,this.gone=!1,this.act=()=>{},this.transport=new mt(this),this.timeline=new dt(this),this.manifold=new at(this),this.charts=
new V(this),this.dials=new Q(this);let[e,s,i]=[new Z(this),new ot,new rt],[a,r,h]=[new ht(this),new lt(this),new ct(this)];
this.panels={transport:this.transport,timeline:this.timeline,manifold:this.manifold,charts:this.charts,dials:this.dials,
breaks:e,diagnosis:s,delta:i,predict:a,selection:r,recipe:h},this.live=n("div",{class:"ame-hidden",role:"log","aria-live":"\
polite","data-testid":"said"}),this.error=n("div",{class:"ame-error",role:"alert","data-testid":"error",hidden:!0}),this.
note=n("div",{class:"ame-note",role:"status","data-testid":"note",hidden:!0}),this.progress=n("progress",{max:1,value:0,
"aria-label":"Preparation",hidden:!0}),this.caption=n("p",{class:"ame-caption","data-testid":"caption"}),this.help=n("di\
alog",{class:"ame-keys","aria-label":"Keyboard"},n("h3",{},"Keyboard, while the focus is in the lab"),n("dl",{},$e.map(([
c,l])=>[n("dt",{},n("kbd",{},c)),n("dd",{},l)])),n("p",{},"In a manifold: arrows move, + and − zoom, 0 shows everything,\
 N and B go from image to image, Enter selects, Esc clears."),n("button",{type:"button",class:"ame-button",onclick:()=>this.
help.close()},"Close")),this.losing=n("p",{}),this.sure=n("dialog",{class:"ame-keys","aria-label":"Start over?","data-te\
stid":"sure"},n("h3",{},"Start over?"),this.losing,n("div",{class:"ame-choices"},n("button",{type:"button",class:"ame-bu\
tton ame-primary","data-testid":"keep",autofocus:!0,onclick:()=>this.sure.close()},"Keep them"),n("button",{type:"button",
class:"ame-button","data-testid":"drop",onclick:()=>this.dropped()},"Start over"))),this.el=n("div",{class:"ame-lab","da\
ta-testid":"lab",role:"region","aria-label":"Live lab",tabindex:"-1",onkeydown:c=>this.key(c),"oname-size":()=>this.again()},
n("div",{class:"ame-bar"},this.transport.el,n("button",{type:"button",class:"ame-quiet ame-keys-button",title:"Keyboard \
shortcuts (?)",onclick:()=>this.help.showModal()},"Keys"),this.progress,this.timeline.el),this.error,this.note,n("div",{
class:"ame-grid"},n("div",{class:"ame-column ame-left"},a.el,this.dials.el,e.el),n("div",{class:"ame-column ame-middle"},
this.manifold.el,this.caption,this.charts.el),n("div",{class:"ame-column ame-right-side"},s.el,i.el,r.el,h.el)),this.help,
this.sure,this.live),this.themes=new MutationObserver(()=>requestAnimationFrame(()=>this.theme())),this.themes.observe(document.
body,{attributes:!0,attributeFilter:["data-jp-theme-light","data-jp-theme-name","class"]}),requestAnimationFrame(()=>this.
theme()),this.sizes=new ResizeObserver(()=>this.again()),this.sizes.observe(this.el),this.draw(this.frame)}close(){this.
themes.disconnect(),this.sizes.disconnect()}retained(t,e){if(t!=="scene")return;let s=e;this.scene=s,this.scenes+=1,this.
rowOf=new Map([...s.ids].map((i,a)=>[i,a])),this.manifold.scene(s),this.again()}draw(t){Et(()=>this.write(t)),this.keepFocus()}write(t){
let{state:e}=t;e==="finished"&&this.frame.state==="playing"&&(this.finishedAt=w()),this.frame=t;let s=t.show&&new Set(t.
show);for(let[r,h]of Object.entries(this.panels)){let c=s!==null&&!s.has(r);h.el.classList.toggle("ame-off",c),c||h.draw(
t)}x(this.error,!!t.error),t.error&&b(this.error,t.error);let{done:i,of:a}=t.progress??{done:0,of:0};x(this.progress,e===
"preparing"),a>0?this.progress.value=i/a:this.progress.removeAttribute("value"),this.tell(),this.hear(t.said),b(this.caption,
t.caption??this.newest),Object.assign(this.el.dataset,{state:e,step:O(t),frame:t.n,ageMs:Math.round(1e3*this.client.drawnAge),
drawMs:this.client.drawMs.toFixed(1)})}keepFocus(){let t=document.activeElement;t instanceof HTMLElement&&t!==this.el&&this.
el.contains(t)&&t.matches(":disabled")?(this.unfocused=t,this.el.focus({preventScroll:!0})):this.unfocused&&t!==this.el?
this.unfocused=null:this.unfocused&&!this.unfocused.matches(":disabled")&&(this.unfocused.focus({preventScroll:!0}),this.
unfocused=null)}again(){this.due||(this.due=requestAnimationFrame(()=>{this.due=0,this.el.isConnected&&this.draw(this.frame)}))}late(t){
this.el.dataset.late=t?t.toFixed(2):"",this.lateBy=t,this.tell()}silent(t,e){this.quiet=t,this.gone=e,this.tell()}tell(){
let t=this.gone?"Python has stopped: the kernel was restarted or shut down. Run the cell again for a new lab; this page \
still shows the last state.":this.quiet&&this.frame.state!=="closed"?`No answer from Python for ${Math.round(this.quiet)}\
 s: it may be busy with a cell.`:this.lateBy?`The connection is slow: this picture is ${this.lateBy.toFixed(1)} s old.`:
this.frame.note??"";x(this.note,!!t),b(this.note,t)}hear(t){let e=t.filter(({id:i})=>!this.heard.has(i)),s=this.heard.size===
0;for(let{id:i}of e)this.heard.add(i);if(e.length){this.newest=e[e.length-1].text;for(let{text:i}of s?e.slice(-1):e.slice(
-3))this.say(i)}}say(t){for(this.live.append(n("p",{},t));this.live.childElementCount>20;)this.live.firstChild?.remove()}command(t,...e){
this.locked(t)||this.client.send({type:"command",name:t,args:e[0]??{}})}locked(t){return this.frame.locked.includes(t)}anew(t,e=this.
frame.to_lose){if(!e)return t();this.act=t,b(this.losing,`${e} would be lost. To keep a run, copy its recipe token first\
.`),this.sure.showModal()}dropped(){this.sure.close(),this.act()}toggle(){if(!this.transport.play.disabled){if(this.frame.
state!=="finished")return this.command(this.frame.state==="playing"?"pause":"play");w()-this.finishedAt<.6||this.anew(()=>{
this.command("reset"),this.command("play")})}}scrubTo(t){this.timeline.range.disabled||this.command("scrub",{step:Mt(this.
frame.recorded_steps,t)})}chartCursor(t){t!==this.cursor&&(this.cursor=t,!this.cursorDue&&(this.cursorDue=requestAnimationFrame(
()=>{this.cursorDue=0,this.charts.draw(this.frame,this.cursor)})))}key(t){let e=t.target;if(t.key==="Enter"&&(t.ctrlKey||
t.metaKey||t.shiftKey))return this.enter(t,e);if(t.ctrlKey||t.metaKey||t.altKey||t.key==="Tab")return;if(this.help.open||
this.sure.open)return t.stopPropagation();(!t.shiftKey||t.key.length===1)&&t.stopPropagation();let{tagName:s}=e;if(s==="\
INPUT"&&e.type!=="range"&&e.type!=="radio"||s==="SELECT"||s==="TEXTAREA")return;let a=c=>!c.disabled&&c.click(),h={k:()=>this.
toggle(),s:()=>a(this.transport.step),e:()=>a(this.transport.epoch),r:()=>a(this.transport.reset),"[":()=>this.move(-1),
"]":()=>this.move(1),l:()=>a(this.timeline.live),f:()=>a(this.timeline.fork),d:()=>this.dials.el.querySelector("input, s\
elect, button")?.focus(),m:()=>this.manifold.panes[0]?.over.focus(),"?":()=>this.help.showModal()}[t.key.toLowerCase()];
h&&(t.preventDefault(),h())}enter(t,e){t.stopPropagation(),e.type==="number"&&(t.preventDefault(),e.blur(),e.focus())}move(t){
let{recorded_steps:e}=this.frame;if(!e.length||this.timeline.range.disabled)return;let s=Math.max(0,Math.min(e.length-1,
_(e,O(this.frame))+t));this.command("scrub",{step:e[s]})}thumbnail(t,e){let s=this.scene?.thumbnails;if(!s)return!1;let[
,i,a,r]=s.shape;t.width=a,t.height=i;let h=T(t),c=h.createImageData(a,i),l=e*i*a*r;for(let m=0;m<i*a;m++){for(let d=0;d<
3;d++)c.data[4*m+d]=s[l+m*r+(r>=3?d:0)];c.data[4*m+3]=255}return h.putImageData(c,0,0),!0}readInk(){let t=this.el?getComputedStyle(
this.el):null,e=(h,c)=>t?.getPropertyValue(h).trim()||c,s=e("--ame-card","#ffffff"),[i,a,r]=Rt(s);return{dark:F(),text:e(
"--ame-text","#1a1a1a"),muted:e("--ame-muted","#5a5a5a"),grid:e("--ame-line","#e4e4e4"),card:s,soft:e("--ame-soft","#f4f\
5f7"),accent:e("--ame-accent","#0072B2"),wash:e("--ame-wash","rgba(0,114,178,.12)"),font:t?.fontFamily||"sans-serif",paper32:(4278190080|
r<<16|a<<8|i)>>>0}}theme(){this.el.dataset.theme=F()?"dark":"light",this.ink=this.readInk(),this.manifold.theme(),this.again()}};var vi=Tt((o,t)=>{qt(o.model.get("quantities"));let e=new pt(o);return t.append(e.el),e});export{vi as default};

// Built by ame_explore/widgets/js/build.js; sources: sha256 be71ad0449f7188d80c33a38bb9243cd789d0495723eea8ea5d7edb3abd60023
var v=()=>(performance.timeOrigin+performance.now())/1e3;function J(o,t){let e=null,s=null,i=()=>{if(e=null,!s)return;let a=s;
s=null,o(...a),e=setTimeout(i,t)};return(...a)=>{if(e!==null){s=a;return}o(...a),e=setTimeout(i,t)}}var Lt=.4,ve=3,ke={f4:Float32Array,i4:Int32Array,u1:Uint8Array};function yt(o,t){if(Array.isArray(o))return o.map(e=>yt(
e,t));if(o===null||typeof o!="object")return o;if("buffer"in o&&"dtype"in o){let e=t[o.buffer],i=ArrayBuffer.isView(e)?e.
buffer.slice(e.byteOffset,e.byteOffset+e.byteLength):e.slice(0);return Object.assign(new ke[o.dtype](i),{shape:o.shape})}
return Object.fromEntries(Object.entries(o).map(([e,s])=>[e,yt(s,t)]))}var vt=class{constructor(t){this.model=t,this.page=
Array.from({length:4},()=>Math.random().toString(36).slice(2,8)).join(""),this.views=new Set,this.kept={},this.frame=null,
this.waiting=null,this.oldest=0,this.drawnAge=0,this.drawMs=0,this.there=!1,this.left=!0,this.gone=!1,this.low=-1/0,this.
high=1/0,this.heardAt=this.freshAt=v(),this.pingedAt=-1/0,this.onMessage=(e,s)=>this.receive(e,s),t.on("msg:custom",this.
onMessage),this.onVisible=()=>this.look(),document.addEventListener("visibilitychange",this.onVisible),this.timer=setInterval(
()=>this.watch(),500)}close(){clearInterval(this.timer),document.removeEventListener("visibilitychange",this.onVisible),
this.model.off("msg:custom",this.onMessage),this.send({type:"away",left:!0})}send(t){try{this.model.send({...t,page:this.
page,t:v()}),this.gone=!1}catch{this.gone=!0}}tell(t){this.send(t)}mount(t){this.views.add(t),t.seen=!0;let e=new IntersectionObserver(
i=>{t.seen=i[i.length-1].isIntersecting,this.look()},{rootMargin:"300px"});e.observe(t.el);for(let[i,a]of Object.entries(
this.kept))t.retained?.(i,a);this.frame&&!(this.frame.moving&&this.age(this.frame)>Lt)&&t.draw(this.frame);let s=this.there;
return this.look(),s&&this.tell({type:"ready",have:this.have()}),()=>{e.disconnect(),this.views.delete(t),this.look()}}have(){
return Object.fromEntries(Object.entries(this.kept).map(([t,e])=>[t,e.retained]))}look(){let t=[...this.views],e=!document.
hidden&&t.some(a=>a.seen&&a.el.isConnected),s=!t.some(a=>a.el.isConnected);if(e===this.there&&s===this.left)return;let i=e&&
!this.there;[this.there,this.left]=[e,s],!(e&&!i)&&(this.heardAt=this.freshAt=v(),this.tell(e?{type:"ready",have:this.have()}:
{type:"away",left:s}))}watch(){if(this.look(),!this.there)return;let t=v()-this.heardAt;t>(this.frame?.moving?1:4)&&v()-
this.pingedAt>=1&&(this.pingedAt=v(),this.tell({type:"ping",have:this.have()}));for(let e of this.views)e.silent?.(t>8||
this.gone?t:0,this.gone)}receive(t,e=[]){if(this.heardAt=v(),t.type==="hello"){let{page:i,t:a,time:n}=t;i===this.page&&(this.
high=Math.min(this.high,n-a));return}let s=yt(t,e);if(t.type==="frame"){this.low=Math.max(this.low,s.time-v());let i=s.heard[this.
page];i&&(this.high=Math.min(this.high,i[1]-i[0])),this.low>this.high&&([this.low,this.high]=[s.time-v(),1/0]);let a=this.
waiting!==null;this.waiting=s,a||requestAnimationFrame(()=>this.paint())}else if(t.retained){this.kept[t.type]=s;for(let i of this.
views)i.retained?.(t.type,s)}else for(let i of this.views)i.message?.(s,e)}age(t){let e=Number.isFinite(this.high)?(this.
low+this.high)/2:this.low;return Math.max(0,v()+e-t.time)}paint(){let t=this.waiting;if(this.waiting=null,!t||!this.there)
return;let e=v(),s=this.age(t),i=s>Lt,a=i&&e-this.freshAt<ve;if(!a){i||(this.freshAt=e),this.frame=t,this.drawnAge=s;for(let n of this.
views)try{n.draw(t),n.late?.(i?s:0)}catch(r){console.error("ame_explore: a view could not be drawn",r)}this.drawMs=1e3*(v()-
e)}this.oldest=Math.max(this.oldest,a?0:s),!(!t.ask&&!a)&&(this.tell({type:"ack",n:t.n,age_ms:1e3*(a?s:this.oldest),stale:a}),
this.oldest=0)}};function Ot(o){return()=>{let t;return{initialize({model:e}){return t=new vt(e),()=>t.close()},render({
el:e}){let s=o(t,e),i=t.mount(s);return()=>{i(),s.close?.()}}}}}var Y=null;function V(o){Y?Y.push(o):o()}function Bt(o){let t=Y,e=Y=[];try{o()}finally{Y=t}for(let s of e)s()}var kt=new WeakMap,
Ft;function q(o){Ft??=new ResizeObserver(r=>{for(let{target:c}of r)kt.set(c,[c.clientWidth,c.clientHeight]),c.dispatchEvent(
new Event("ame-size",{bubbles:!0}))});let t=Math.min(2,window.devicePixelRatio||1),e=kt.get(o);e||(Ft.observe(o),kt.set(
o,e=[o.clientWidth,o.clientHeight]));let[s,i]=e,[a,n]=[Math.round(s*t),Math.round(i*t)];return(o.width!==a||o.height!==n)&&
(o.width=a,o.height=n),{width:s,height:i,scale:t}}function I(o,t){return o.getContext("2d",t)}var xe=new Set(["svg","path"]),_t={text:"textContent",value:"value",checked:"checked"};function h(o,t={},...e){let s=xe.
has(o)?"http://www.w3.org/2000/svg":"http://www.w3.org/1999/xhtml",i=document.createElementNS(s,o);i.append(...e.flat(1/0).
filter(a=>a!=null&&a!==!1));for(let[a,n]of Object.entries(t))n==null||n===!1||(a.startsWith("on")?i.addEventListener(a.slice(
2),n):a in _t?i[_t[a]]=n:i.setAttribute(a,n===!0?"":String(n)));return i}function y(o,t){o.textContent!==t&&(o.textContent=
t)}function M(o,t){o.hidden===t&&(o.hidden=!t)}function z(){let o=document.body.dataset.jpThemeLight;return o!==void 0?o===
"false":document.body.classList.contains("vscode-dark")}var Me=0,G=()=>`ame-${Math.random().toString(36).slice(2,9)}-${Me+=
1}`;var xt=o=>o.replaceAll("-","−");function Rt(o,t=3,{signed:e=!1,fine:s=!1}={}){if(typeof o!="number"||!Number.isFinite(
o))return"–";let i;return s&&o!==0&&Math.abs(o)<.1?i=Math.floor(Math.log10(Number(Math.abs(o).toPrecision(2))))<-4?o.toExponential(
1).replace(/e([+-])(\d)$/,"e$10$2"):o.toPrecision(2):i=s&&o===0?"0.0":o.toFixed(t||(Number.isInteger(o)?0:1)),Number(i)===
0?i.replace("-",""):(t===0&&!s&&(i=i.replace(/\B(?=(\d{3})+($|\.))/g,",")),xt(e&&o>0?`+${i}`:i))}function Se(o,t=3,{signed:e=!1}={}){
if(typeof o!="number"||!Number.isFinite(o))return"–";if(o===0)return"0";let[s,i]=o.toExponential(t-1).split("e"),a=t-1-
Number(i),n=a>=-3&&a<=t+2?o.toFixed(Math.max(a,0)):`${s}e${Number(i)}`;return xt(e&&o>0?`+${n}`:n)}function $(o){return o==
null||o===""?"–":typeof o!="number"?String(o):Number.isInteger(o)&&Math.abs(o)<1e6?xt(String(o)):Se(o)}var qt=o=>o.toExponential(
0).replace("e+","e").replaceAll("-","−");function Mt(o,t){let e=t.length>1?Math.abs(t[1]-t[0]):Math.abs(o)||1;return o!==
0&&(Math.abs(o)<.001||Math.abs(o)>=1e4)?qt(o):o.toFixed(Math.max(0,Math.min(4,-Math.floor(Math.log10(e)+1e-9)))).replace(
"-","−")}var zt=o=>o>=.001&&o<1e4?String(Number(o.toPrecision(1))):qt(o),X=o=>o===null?"default":o===!0?"on":o===!1?"o\
ff":String(typeof o=="number"?Number(o.toPrecision(4)):o);var Kt=["#0072B2","#D55E00","#009E73","#CC79A7","#56B4E9","#E69F00"],Ae=["#5AB0EE","#FF8F45","#3CC79B","#E39BC4","#9BD3F\
5","#F0B93A"],Wt=[[],[6,3],[2,2.5],[7,3,2,3],[12,4],[12,3,3,3]],jt=["circle","diamond","square","triangle","x","cross"],
P=o=>(z()?Ae:Kt)[o%Kt.length],Q=o=>Wt[o%Wt.length],Z=o=>jt[o%jt.length],Ht=new Set(["ame","share.ame"]);var Ut=["circle","diamond","square","triangle","cross","triangle-down","pentagon","bar","hexagon","x"],Yt=o=>Ut[o%Ut.length];
function Te(o,t,e,s,i){let a=l=>{o.beginPath(),l.forEach(([d,m],p)=>o[p?"lineTo":"moveTo"](e+d*i,s+m*i)),o.closePath()},
n=(l,d,m=1)=>Array.from({length:l},(p,u)=>{let g=d+2*Math.PI*u/l;return[m*Math.cos(g),m*Math.sin(g)]}),r=l=>[[-l,-1],[l,
-1],[l,-l],[1,-l],[1,l],[l,l],[l,1],[-l,1],[-l,l],[-1,l],[-1,-l],[-l,-l]];t==="circle"?(o.beginPath(),o.arc(e,s,.92*i,0,
2*Math.PI)):t==="diamond"?a([[0,-1.1],[.95,0],[0,1.1],[-.95,0]]):t==="square"?a([[-.82,-.82],[.82,-.82],[.82,.82],[-.82,
.82]]):t==="triangle"?a(n(3,-Math.PI/2,1.15)):t==="triangle-down"?a(n(3,Math.PI/2,1.15)):t==="cross"?a(r(.38)):t==="x"?a(
(l=>l.map(([d,m])=>[(d-m)*Math.SQRT1_2,(d+m)*Math.SQRT1_2]))(r(.36))):t==="pentagon"?a(n(5,-Math.PI/2,1.05)):t==="hexago\
n"?a(n(6,0,1.05)):t==="bar"?a([[-1.05,-.5],[1.05,-.5],[1.05,.5],[-1.05,.5]]):t==="star"&&a(Array.from({length:10},(l,d)=>{
let m=-Math.PI/2+Math.PI*d/5,p=d%2?.48:1.15;return[p*Math.cos(m),p*Math.sin(m)]}))}var Ee={cross:[[-1,0,1,0],[0,-1,0,1]],
x:[[-.8,-.8,.8,.8],[-.8,.8,.8,-.8]]};function L(o,{shape:t,color:e,filled:s,halo:i,inside:a,edge:n=.55},r,c,l){let d=Ee[t];
if(!s&&d){o.lineCap="round";for(let{style:m,width:p}of[{style:i,width:(.2+n)*l},{style:e,width:Math.max(1.2,.32*l)}])if(m){
o.strokeStyle=m,o.lineWidth=p,o.beginPath();for(let[u,g,f,w]of d)o.moveTo(r+u*l,c+g*l),o.lineTo(r+f*l,c+w*l);o.stroke()}
return}Te(o,t,r,c,l),i&&(o.lineWidth=n*l,o.strokeStyle=i,o.stroke()),s?(o.fillStyle=e,o.fill()):(o.fillStyle=a||i||"tran\
sparent",o.fill(),o.lineWidth=Math.max(1.2,.36*l),o.strokeStyle=e,o.stroke())}function St(o,t,e=1){let s=Math.ceil(t*1.6)+
1,i=2*s+1,a=document.createElement("canvas");a.width=a.height=i;let n=I(a,{willReadFrequently:!0});L(n,o,s+.5,s+.5,t);let{
data:r}=n.getImageData(0,0,i,i),c=[],l=[],d=[],m=[],p=[];for(let u=0;u<i*i;u++){let g=Math.round(r[4*u+3]/255*32*e);g&&(c.
push(u%i-s),l.push(Math.floor(u/i)-s),d.push(r[4*u]|r[4*u+2]<<16),m.push(r[4*u+1]<<8),p.push(g))}return{half:s,dx:Int32Array.
from(c),dy:Int32Array.from(l),rb:Int32Array.from(d),g:Int32Array.from(m),a:Int32Array.from(p)}}function At(o,t,e,s,i,a){
let{half:n,dx:r,dy:c,rb:l,g:d,a:m}=s,p=Math.round(i),u=Math.round(a);if(p<n||u<n||p>=t-n||u>=e-n)return;let g=u*t+p;for(let f=0;f<
m.length;f++){let w=g+c[f]*t+r[f],E=o[w],k=32-m[f],b=(E&16711935)*k+l[f]*m[f]>>>5&16711935,A=(E&65280)*k+d[f]*m[f]>>>5&65280;
o[w]=4278190080|b|A}}function Xt(o){let t=document.createElement("canvas");t.width=t.height=1;let e=I(t);return e.fillStyle=
o,e.fillRect(0,0,1,1),e.getImageData(0,0,1,1).data}var O={},Jt=o=>Object.assign(O,o);function Tt(o,t){let e=O[o];return e?Rt(t,e.decimals,{fine:e.fine}):$(t)}function Vt(o,t,e){let s=t-o;if(!(s>0))return[o];let i=s/e,a=10**Math.floor(Math.log10(i)),n=a*[1,2,5,10].find(c=>c*a>=i*
.999),r=[];for(let c=Math.ceil(o/n-1e-9)+0;c*n<=t+1e-9*s;c++)r.push(c*n);return r}function Gt(o,t){let e=[];for(let i=Math.
floor(Math.log10(o));i<=Math.ceil(Math.log10(t));i++)for(let a of t/o>1e4?[1]:[1,3])e.push(a*10**i);let s=e.filter(i=>i>=
o&&i<=t);return s.length>5?s.filter((i,a)=>a%2===0):s}function Qt(o){let[t,e]=[1/0,-1/0];for(let i of o)for(let a=0;a<i.
length;a++)Number.isFinite(i[a])&&(t=Math.min(t,i[a]),e=Math.max(e,i[a]));if(t>e)return{low:0,high:1,log:!1};if(t>0&&e/t>
30)return{low:t/1.2,high:e*1.2,log:!0};let s=(e-t)*.08||Math.abs(e)*.05||.5;return{low:t>=0&&t<.35*e?0:t-s,high:e+s,log:!1}}
function K(o,t){let e=0,s=o.length;for(;e<s;){let i=e+s>>1;o[i]<=t?e=i+1:s=i}return e-1}function Et(o,t){if(!o.length)return t;
let e=K(o,t),s=o[Math.max(0,e)],i=o[Math.min(o.length-1,e+1)];return t-s<=i-t?s:i}function Zt(o,t,e){let s=Et(o,e);if(Math.
abs(e-t)!==1||s!==t)return s;let i=o.indexOf(t)+Math.sign(e-t);return o[Math.max(0,Math.min(o.length-1,i))]??s}function te(o,t){
let e=[];for(let s=0,i=0;s<o.x.length&&i<t.x.length;)if(o.x[s]===t.x[i]){let a=t.y[i]-o.y[s];Number.isFinite(a)&&e.push(
[o.x[s],a]),s++,i++}else o.x[s]<t.x[i]?s++:i++;return e}function tt(o,t,e){let s=h("div",{class:"ame-table-box",hidden:!0,tabindex:"0",role:"region","data-testid":`table-${o}`,
"aria-label":`${t}: the data`}),i=h("button",{class:"ame-quiet",type:"button","aria-expanded":"false","aria-label":`${t}\
: show the data as a table`,title:"Show the data as a table","data-testid":`table-toggle-${o}`},"▦"),a=0,n=()=>{let{columns:c,
rows:l}=e();s.replaceChildren(h("table",{},h("thead",{},h("tr",{},c.map(d=>h("th",{scope:"col"},d)))),h("tbody",{},l.map(
d=>h("tr",{},d.map(m=>h("td",{},$(m))))))))},r=()=>{s.hidden||v()-a<.5||(a=v(),n())};return i.addEventListener("click",()=>{
s.hidden=!s.hidden,i.setAttribute("aria-expanded",String(!s.hidden)),s.hidden||n()}),{button:i,box:s,update:r}}var $e=30,et=class{constructor(t,e){let s=O[e];this.lab=t,this.term=e,this.label=s?.short??e.replaceAll("_"," "),this.range=
s?.limits,this.at=null,this.steps=1,this.saidAt=0,this.box=null,this.values=h("span",{class:"ame-values"}),this.unit=h("\
small",{}),this.canvas=h("canvas",{class:"ame-line",role:"img",tabindex:"0","data-testid":`chart-${e}`}),this.table=tt(e,
this.label,()=>this.rows()),this.el=h("div",{class:"ame-chart","data-term":e},h("div",{class:"ame-chart-head"},h("h5",{title:s?.
definition||this.label},this.label),this.table.button),h("div",{class:"ame-readout"},this.values,this.unit),this.canvas,
this.table.box),this.canvas.addEventListener("pointermove",i=>this.point(i.offsetX)),this.canvas.addEventListener("point\
erleave",()=>this.point(null)),this.canvas.addEventListener("click",i=>this.box&&this.lab.scrubTo(Math.round(this.stepAt(
i.offsetX,this.box))))}stepAt(t,{left:e,right:s}){return Math.max(0,Math.min(1,(t-e)/(s-e)))*this.steps}point(t){this.box&&
(this.at=t===null?null:this.stepAt(t,this.box),this.lab.chartCursor(this.at))}lines(t){return t.arms.map((e,s)=>({arm:e,
index:s,series:e.series[this.term]})).filter(({series:e})=>e?.x.length)}draw(t,e=this.at){let s=this.lines(t);if(M(this.
el,s.length>0),!s.length)return;this.steps=Math.max(1,t.steps);let i=e??t.scrubbed;this.readout(s,i,t),V(()=>this.paint(
s,i)),this.table.update()}readout(t,e,s){let i=t.map(({arm:r,index:c,series:l})=>{let d=e===null?l.x.length-1:K(l.x,e),m=d>=
0&&Ie(r,l.x[d],e);return{index:c,name:r.name,value:d<0||m?null:l.y[d],old:m?l.x[d]:null}});for(;this.values.children.length>
i.length;)this.values.lastChild?.remove();for(;this.values.children.length<i.length;)this.values.append(h("span",{class:"\
ame-value"},h("i",{}),h("b",{})));i.forEach(({index:r,name:c,value:l,old:d},m)=>{let p=this.values.children[m],[u,g]=p.children;
u.style.background=P(r),p.title=d===null?c:`${c}: not measured since step ${d}`,y(g,Tt(this.term,l))});let a=s.units[this.
term]??O[this.term]?.unit??"";y(this.unit,a),M(this.unit,a!=="");let n=`${this.label}${a?` in ${a}`:""}: `+i.map(({name:r,
value:c})=>`${r} ${Tt(this.term,c)}`).join(", ")+` at step ${Math.round(e??s.step)}`;(v()-this.saidAt>1||s.state!=="play\
ing")&&(this.saidAt=v(),this.canvas.setAttribute("aria-label",n))}paint(t,e){let{width:s,height:i,scale:a}=q(this.canvas);
if(!s||!i)return;let{ink:n}=this.lab,r=I(this.canvas);r.setTransform(a,0,0,a,0,0),r.clearRect(0,0,s,i);let c=t.length>1&&
!Ht.has(this.term),l=c?$e:0,{low:d,high:m,log:p}=this.range?{low:this.range[0],high:this.range[1],log:!1}:Qt(t.map(({series:x})=>x.
y)),u=p?Gt(d,m):Vt(d,m,3),g=u.map(x=>p?zt(x):Mt(x,u)),f=c?te(t[0].series,t[1].series):[],w=Math.max(...f.map(([,x])=>Math.
abs(x)),1e-12),E=f.length&&w>1e-12?`±${Mt(w,[0,w/2])}`:"0";r.font=`12px ${n.font}`;let k=Math.max(...[...g,c?E:""].map(
x=>r.measureText(x).width)),b={left:Math.max(40,Math.ceil(k)+7),right:s-8,top:5,bottom:i-16-l};this.box=b;let A=p?Math.log10:
x=>x,S=x=>b.left+(b.right-b.left)*x/this.steps,D=x=>b.bottom-(b.bottom-b.top)*(A(x)-A(d))/(A(m)-A(d));r.textBaseline="mi\
ddle",r.lineWidth=1,r.textAlign="right";for(let[x,_]of u.entries()){let R=Math.round(D(_))+.5;r.strokeStyle=n.grid,r.beginPath(),
r.moveTo(b.left,R),r.lineTo(b.right,R),r.stroke(),r.fillStyle=n.muted,r.fillText(g[x],b.left-5,R)}let C=this.lab.scene?.
chance[this.term];C!==void 0&&C>d&&C<m&&this.level(r,b,D(C),"chance",n),r.textBaseline="alphabetic",r.fillStyle=n.muted,
r.textAlign="left",r.fillText("0",b.left,i-3),r.textAlign="right",r.fillText(`${this.steps} steps`,b.right,i-3),r.lineJoin=
"round";for(let x of t)this.turned(r,x,S,b);for(let x of t)this.curve(r,x,S,D,b,p);c&&this.difference(r,f,w,E,P(t[1].index),
S,{...b,top:b.bottom+4,bottom:b.bottom+l},n),e!==null&&(r.strokeStyle=n.text,r.globalAlpha=.5,r.beginPath(),r.moveTo(Math.
round(S(e))+.5,b.top),r.lineTo(Math.round(S(e))+.5,i-16),r.stroke(),r.globalAlpha=1)}curve(t,{arm:e,index:s,series:i},a,n,r,c){
let{ink:l}=this.lab,d=f=>Number.isFinite(f)&&!(c&&f<=0),m=f=>Math.max(r.top,Math.min(r.bottom,n(f))),p=O[this.term]?.per_reading?
e.turns.filter(({redefines:f})=>f).map(({step:f})=>f):[];t.setLineDash(Q(s)),t.strokeStyle=P(s),t.lineWidth=1.8,t.beginPath();
let u=!1;for(let f=0;f<i.x.length;f++){if(!d(i.y[f])){u=!1;continue}f&&p.some(w=>i.x[f-1]<=w&&w<i.x[f])&&(u=!1),t[u?"lin\
eTo":"moveTo"](a(i.x[f]),m(i.y[f])),u=!0}t.stroke(),t.setLineDash([]);let g=i.x.length-1;if(d(i.y[g])&&L(t,{shape:Z(s),color:P(
s),filled:!0,halo:l.card},a(i.x[g]),m(i.y[g]),4),e.parent!==null&&e.fork_step){let f=K(i.x,e.fork_step);f>=0&&L(t,{shape:"\
diamond",color:l.text,filled:!1,halo:l.card},a(i.x[f]),n(i.y[f]),3.5)}}turned(t,{arm:e,index:s},i,a){let n=new Set(e.turns.
map(({step:r})=>r).filter(r=>r>0));if(n.size){t.strokeStyle=P(s),t.globalAlpha=.75,t.setLineDash([1.5,3]),t.beginPath();
for(let r of n){let c=Math.round(i(r))+.5;t.moveTo(c,a.top),t.lineTo(c,a.bottom)}t.stroke(),t.setLineDash([]),t.globalAlpha=
1}}level(t,e,s,i,a){t.strokeStyle=a.muted,t.setLineDash([2,3]),t.beginPath(),t.moveTo(e.left,s),t.lineTo(e.right,s),t.stroke(),
t.setLineDash([]),t.textAlign="right",t.textBaseline="bottom",t.fillStyle=a.muted,t.lineWidth=3,t.strokeStyle=a.card,t.strokeText(
i,e.right,s-1),t.fillText(i,e.right,s-1),t.lineWidth=1}difference(t,e,s,i,a,n,r,c){let l=(r.top+r.bottom)/2,d=(r.bottom-
r.top)/2-2;t.fillStyle=c.soft,t.fillRect(r.left,r.top,r.right-r.left,r.bottom-r.top),t.fillStyle=a,t.globalAlpha=.75,t.beginPath(),
e.forEach(([m,p],u)=>{u||t.moveTo(n(m),l),t.lineTo(n(m),l-d*p/s)}),e.length&&t.lineTo(n(e[e.length-1][0]),l),t.fill(),t.
globalAlpha=1,t.strokeStyle=c.muted,t.lineWidth=1,t.beginPath(),t.moveTo(r.left,Math.round(l)+.5),t.lineTo(r.right,Math.
round(l)+.5),t.stroke(),t.fillStyle=c.muted,t.textAlign="right",t.textBaseline="middle",t.fillText(i,r.left-5,l)}rows(){
let t=this.lines(this.lab.frame),e=[...new Set(t.flatMap(({series:n})=>[...n.x]))].sort((n,r)=>n-r),s=e.length>120?e.filter(
(n,r)=>r%Math.ceil(e.length/120)===0||r===e.length-1):e,i=t.map(({series:n})=>new Map([...n.x].map((r,c)=>[r,n.y[c]]))),
a=["step",...t.map(({arm:n})=>n.name)];return t.length>1&&a.push(`${a[2]} − ${a[1]}`),{columns:a,rows:s.map(n=>{let r=i.
map(l=>l.get(n)??null),c=r[0]===null||r[1]===null?null:r[1]-r[0];return t.length>1?[n,...r,c]:[n,...r]}).reverse()}}};function Ie(o,t,e){
let s=o.series.harmonic_mean?.x,i=s?.length?e===null?s.length-1:K(s,e):-1;return i>=0&&t<s[i]}var ee={n:0,state:"waiting",error:null,note:null,progress:null,step:0,steps:0,epoch:0,steps_per_epoch:null,speed:null,scrubbed:null,
recorded_steps:[],units:{},arms:[],dials:[],delta:{columns:[],rows:[]},diagnosis:[],breaks:[],prediction:null,selection:[],
said:[],show:null,locked:[],explained:"",caption:null,to_lose:""},W=o=>o.scrubbed!==null,F=o=>o.scrubbed??o.step,N=class{#t="";isNew(t){
let e=JSON.stringify(t);return e===this.#t?!1:(this.#t=e,!0)}forget(){this.#t=""}};var se={accuracy:"Accuracy on test images",entropy:"Entropy, and how strongly AME pulls",loss:"Losses"},st=class{constructor(t){
this.lab=t,this.charts=new Map,this.arms=new N,this.drawnAt=0,this.key=h("ul",{class:"ame-legend","aria-label":"Arms"}),
this.hint=h("span",{class:"ame-muted"});let e=i=>{let a=h("div",{class:"ame-chart-row"});return{row:a,box:h("section",{class:"\
ame-chart-group",hidden:!0,"aria-label":se[i]},h("h4",{},se[i]),a)}},s=h("div",{class:"ame-chart-row"});this.groups={accuracy:e(
"accuracy"),entropy:e("entropy"),loss:e("loss"),"":{row:s,box:h("details",{class:"ame-chart-group ame-later",hidden:!0,ontoggle:()=>t.
again()},h("summary",{},"More curves"),s)}},this.el=h("section",{class:"ame-card ame-charts","aria-label":"Curves"},h("h\
eader",{},h("h3",{},"Curves"),this.key,h("span",{class:"ame-push"}),this.hint),h("div",{class:"ame-groups"},Object.values(
this.groups).map(({box:i})=>i)));for(let[i,{group:a}]of Object.entries(O))a&&this.add(i)}add(t){let e=new et(this.lab,t);
this.charts.set(t,e),this.groups[O[t]?.group??""].row.append(e.el)}draw(t,e=null){let{arms:s}=t;for(let i of s)for(let a of Object.
keys(i.series))this.charts.has(a)||this.add(a);if(this.arms.isNew([z(),s.map(i=>i.name)])&&(this.key.replaceChildren(...s.
map((i,a)=>{let n=h("canvas",{width:60,height:24,class:"ame-key","aria-hidden":"true"}),r=I(n);return r.strokeStyle=P(a),
r.lineWidth=4,r.setLineDash(Q(a).map(c=>2*c)),r.beginPath(),r.moveTo(2,12),r.lineTo(58,12),r.stroke(),L(r,{shape:Z(a),color:P(
a),filled:!0},30,12,7),h("li",{title:i.label},n,i.name)})),y(this.hint,s.length>1?`shaded below each: ${s[1].name} − ${s[0].
name}`:"")),!(t.state==="playing"&&e===null&&this.lab.cursor===null&&v()-this.drawnAt<.45)){this.drawnAt=v();for(let i of this.
charts.values())i.draw(t,e);for(let{box:i,row:a}of Object.values(this.groups))M(i,[...a.children].some(n=>!n.hidden))}}};function ie({low:o,high:t,scale:e,whole:s,step:i,value:a}){let n=o??0,r=t??Math.max(1,2*(typeof a=="number"?a:1)),c=i??(s?
1:null),l=e==="log",d=l&&n<=0?30:0,m=n>0?n:r/10**4,p=c!==null&&!l?Math.round((r-n)/c):1e3,u=k=>Math.max(n,Math.min(r,k)),
g=k=>{let b=c===null?Number(k.toPrecision(l?2:3)):n+Math.round((k-n)/c)*c;return u(s?Math.round(b):Number(b.toPrecision(
12)))},f=k=>l?d&&k<=0?0:d+(p-d)*Math.log(Math.max(k,m)/m)/Math.log(r/m):p*(k-n)/(r-n),w=k=>l?k<d/2?0:g(m*Math.exp(Math.max(
0,k-d)/(p-d)*Math.log(r/m))):g(n+(r-n)*k/p);return{low:n,last:p,toSlider:f,fromSlider:w,nudge:(k,b)=>c!==null?g(k+b*c):u(
w(Math.max(0,Math.min(p,f(k)+b*p/40)))),box:c??"any"}}var it=class{constructor(t){this.lab=t,this.nodes=new Map,this.names=new N,this.shape=new N,this.arm=h("select",{"data-t\
estid":"dial-arm","aria-label":"Which arms the dials turn",title:"AME's dials (ω, reading, temperature of H) turn the ar\
ms with AME; the others turn all arms",onchange:()=>this.draw(t.frame)}),this.armRow=h("label",{class:"ame-for",hidden:!0},
"for ",this.arm),this.live=h("div",{class:"ame-dial-list"}),this.later=h("div",{class:"ame-dial-list"}),this.laterBox=h(
"details",{class:"ame-later"},h("summary",{},"Takes effect at reset"),this.later),this.el=h("section",{class:"ame-card a\
me-dials","aria-label":"Dials"},h("header",{},h("h3",{},"Dials"),h("span",{class:"ame-push"}),this.armRow),this.live,this.
laterBox)}draw({arms:t,dials:e}){if(this.names.isNew(t.map(i=>[i.name,i.label]))){let i=this.arm.value;this.arm.replaceChildren(
h("option",{value:""},"all relevant"),...t.map(a=>h("option",{value:a.name,title:a.label},a.name))),this.arm.value=t.some(
a=>a.name===i)?i:"",M(this.armRow,t.length>1)}let s={value:0,values:0,concerns:0,idle:0,pending:0,locked:0};if(this.shape.
isNew(e.map(i=>({...i,...s})))){this.nodes=new Map(e.map(a=>[a.field,new $t(this,a)]));let i=a=>[...this.nodes.values()].
filter(({dial:n})=>n.steerable===a).map(({el:n})=>n);this.live.replaceChildren(...i(!0)),this.later.replaceChildren(...i(
!1)),M(this.laterBox,e.some(a=>!a.steerable))}for(let i of e)this.nodes.get(i.field)?.draw(i,this.arm.value||null)}set(t,e){
this.lab.command("set",{field:t,value:e,arm:this.arm.value||null})}},ae=.8,$t=class{constructor(t,e){this.owner=t,this.dial=
e,this.touched=-1/0,this.typing=!1,this.drawn=new N,this.value=e.value,this.own=e.value,this.scale=ie(e),this.send=J(a=>t.
set(e.field,a),120);let s=G(),i={id:s,"data-testid":`dial-${e.field}`,"aria-describedby":e.help?`${s}-help`:null};this.values=
h("span",{class:"ame-dial-values"}),this.slider=null,this.input=e.kind==="number"?this.box(i):e.kind==="choice"?this.choice(
i):this.switch(i),e.kind==="number"&&(this.slider=this.makeSlider()),this.el=h("div",{class:`ame-dial ame-dial-${e.kind}`,
title:e.locked?"Locked by the author of this lab":e.help},h("label",{for:s,class:"ame-dial-label",title:e.help},e.label),
this.slider?h("span",{class:"ame-number"},this.slider,this.input):this.input,this.values,e.help&&h("span",{class:"ame-he\
lp",id:`${s}-help`},e.help))}choice(t){let e=h("select",{...t,onchange:()=>this.turn(JSON.parse(e.value))},this.dial.choices.
map(s=>h("option",{value:JSON.stringify(s)},X(s))));return e}switch(t){return h("button",{...t,type:"button",role:"switc\
h",class:"ame-switch",onclick:()=>this.turn(!this.value)})}box(t){let{dial:e}=this,s=h("input",{...t,type:"number",min:e.
low,max:e.high,step:this.scale.box,oninput:()=>this.typing=!0,onblur:()=>{this.typing=!1,this.owner.lab.again()},onchange:()=>{
if(this.typing=!1,s.value===""&&!e.optional)return this.show(this.own);this.turn(s.value===""?null:Number(s.value))}});return s}makeSlider(){
let t=h("input",{type:"range",min:0,max:this.scale.last,step:1,"aria-label":`${this.dial.label}, slider`,oninput:()=>this.
turn(this.scale.fromSlider(Number(t.value)),!0),onkeydown:e=>this.nudge(e)});return t}nudge(t){let s={ArrowRight:1,ArrowUp:1,
ArrowLeft:-1,ArrowDown:-1}[t.key];if(!s)return;t.preventDefault();let i=typeof this.value=="number"?this.value:this.scale.
low,a=this.scale.nudge(i,s);a!==i&&this.turn(a)}turn(t,e=!1){this.touched=v(),this.drawn.forget(),this.show(t,e),this.send(
t),setTimeout(()=>this.owner.lab.again(),1e3*ae+100)}show(t,e=!1){let{input:s,slider:i}=this;if(this.value=t,i&&s instanceof
HTMLInputElement){s.value=t===null?"":String(Number(Number(t).toPrecision(6)));let a=this.dial.none||"default";s.placeholder=
t===null?a:$(t),s.title=t===null?a:"",!e&&t!==null&&(i.value=String(this.scale.toSlider(Number(t)))),i.setAttribute("ari\
a-valuetext",t===null?a:`${$(t)} ${this.dial.unit}`.trim())}else s instanceof HTMLSelectElement?s.value=JSON.stringify(t):
(s.setAttribute("aria-checked",String(!!t)),y(s,t?"on":"off"))}draw(t,e){let{lab:s}=this.owner,{values:i}=t;this.dial=t,
this.own=e!==null&&e in i?i[e]:t.value;let a=t.locked||W(s.frame)||s.locked("set")||s.locked(t.field);if(this.input.disabled=
a,this.slider&&(this.slider.disabled=a),this.el.classList.toggle("ame-pending",t.pending),this.typing||v()-this.touched<
ae||!this.drawn.isNew([this.own,i,e,t.idle]))return;let n=e===null?t.concerns.map(l=>({name:l,value:i[l]})):[],r=n.some(
({value:l})=>l!==n[0].value);this.show(this.own),r&&this.slider&&this.input instanceof HTMLInputElement&&(this.input.value=
"",this.input.placeholder="differs",this.slider.value=String(this.scale.toSlider(Number(n[n.length-1].value??this.scale.
low))),this.slider.setAttribute("aria-valuetext","differs between arms"));let c=r?n.map(({name:l,value:d})=>`${l}: ${X(d)}`):
[];y(this.values,[...c,...t.idle?[`no effect: ${t.idle}`]:[]].join(" · "))}},at=class{constructor(t){this.lab=t,this.nodes=
new Map,this.shape=new N,this.list=h("div",{class:"ame-break-list"}),this.el=h("section",{class:"ame-card ame-breaks","a\
ria-label":"Break it"},h("header",{},h("h3",{},"Break it"),h("span",{class:"ame-muted"},"and read the diagnosis")),this.
list)}draw(t){let{breaks:e}=t;M(this.el,e.length>0),this.shape.isNew(e.map(s=>s.switch))&&(this.nodes=new Map(e.map(s=>{
let i=h("button",{type:"button",role:"switch",class:"ame-break",title:s.help,"data-testid":`break-${s.switch}`,onclick:()=>this.
turn(s,i.getAttribute("aria-checked")!=="true")},h("i",{"aria-hidden":"true"}),h("span",{},s.label,s.help&&h("small",{},
s.help)));return[s.switch,i]})),this.list.replaceChildren(...this.nodes.values()));for(let s of e){let i=this.nodes.get(
s.switch);i.setAttribute("aria-checked",String(s.on)),i.disabled=W(t)||this.lab.locked("break")}}turn({switch:t,resets:e},s){
let i=()=>this.lab.command("break",{switch:t,on:s});e?this.lab.anew(i):i()}};var j=({k:o,x0:t,y0:e},s,i)=>[s*o+t,e-i*o],re=({k:o,x0:t,y0:e},s,i)=>[(s-t)/o,(e-i)/o];function he(o,{k:t,x0:e,y0:s},i,a,n=12){
let r=n*n,c=null;for(let l=0;l<o.length/2;l++){let d=o[2*l]*t+e-i,m=s-o[2*l+1]*t-a,p=d*d+m*m;p<r&&([r,c]=[p,l])}return c}
function le(o,t,e){let s=!1;for(let i=0,a=o.length-1;i<o.length;a=i++){let[n,r]=o[i],[c,l]=o[a];r>e!=l>e&&t<(c-n)*(e-r)/
(l-r)+n&&(s=!s)}return s}function ce(o){let[t,e,s,i]=[1/0,-1/0,1/0,-1/0];for(let a of o)for(let n=0;n<a.length;n+=2)t=Math.
min(t,a[n]),e=Math.max(e,a[n]),s=Math.min(s,a[n+1]),i=Math.max(i,a[n+1]);return t<e?[t,e,s,i]:null}var ne=18,oe=16;function It(o,t,e=[]){
return e.push(...o.map(({x:s,y:i,side:a=ne})=>[s-a/2,i-a/2,a,a])),o.map(({x:s,y:i,width:a,side:n=ne})=>{let r=n/2,c=[[r+
3,0],[-r-3-a,0],[-a/2,-r-8],[-a/2,r+8],[r+1,-r-5],[r+1,r+5],[-r-1-a,-r-5],[-r-1-a,r+5]],l=([m,p])=>[s+m-2,i+p-oe/2,a+4,oe],
d=c.find(m=>{let[p,u,g,f]=l(m);return p>0&&u>0&&p+g<t.width&&u+f<t.height&&!e.some(w=>p<w[0]+w[2]&&w[0]<p+g&&u<w[1]+w[3]&&
w[1]<u+f)});return d&&e.push(l(d)),d??null})}var Ne=2e3,Ce=[8,10,12,14,17,20,24,29,34,40,48],Pe=1.3,De=28,Le=1<<23,Oe=16;function de({width:o,height:t},e,s,i){if(s>Ne||
!(i>0))return 0;let a=Math.min(De,Pe*Math.sqrt(o*t/Math.max(1,e)))*Math.sqrt(i);return Ce.findLast(n=>n<=a)??0}function me(o,{
k:t,x0:e,y0:s},{width:i,height:a}){let n=0;for(let r=0;r<o.length;r+=2){let c=o[r]*t+e,l=s-o[r+1]*t;c>=0&&l>=0&&c<=i&&l<=
a&&n++}return n}function Ct(o,t,e,s,i,a,n,r=32){let{side:c}=s,l=Math.round(a-c/2),d=Math.round(n-c/2),[m,p]=[Math.max(0,
-l),Math.min(c,t-l)],[u,g]=[Math.max(0,-d),Math.min(c,e-d)],f=Math.floor(i/s.columns)*c*s.width+i%s.columns*c;for(let w=u;w<
g;w++){let E=f+w*s.width,k=(d+w)*t+l;for(let b=m;b<p;b++){let A=s.pixels[E+b],S=A>>>24===255?r:((A>>>24)*r+127)/255|0;if(S===
32)o[k+b]=A;else if(S){let D=o[k+b],C=(D&16711935)*(32-S)+(A&16711935)*S>>>5&16711935,x=(D&65280)*(32-S)+(A&65280)*S>>>5&
65280;o[k+b]=4278190080|C|x}}}}function Nt(o,t,e,s){let i=new Path2D;return i.roundRect(t,e,s,s,s*(o.filled?.16:.5)),i}var nt=class o{constructor(t,{
count:e,columns:s,width:i,height:a}){this.image=t,this.count=e,this.columns=s,this.width=i,this.height=a}static async load(t){
let e=t.file;return new o(await createImageBitmap(new Blob([e],{type:"image/webp"})),t)}fill(t,e){t.width=this.width,t.height=
this.height,this.draw(I(t),e,0,0,this.width,this.height)}draw(t,e,s,i,a,n){t.imageSmoothingEnabled=Math.min(this.width,this.
height)>=Oe,t.imageSmoothingQuality="high";let[r,c]=[e%this.columns*this.width,Math.floor(e/this.columns)*this.height];t.
drawImage(this.image,r,c,this.width,this.height,s,i,a,n)}tile(t,e,s,i,a,n,r){let c=s.halo?r:0;t.save(),s.halo&&(t.fillStyle=
s.halo,t.fill(Nt(s,i,a,n))),t.fillStyle=s.color,t.fill(Nt(s,i+c,a+c,n-2*c));let l=c+r;t.clip(Nt(s,i+l,a+l,n-2*l)),this.draw(
t,e,i+l,a+l,n-2*l,n-2*l),t.restore()}sheet(t,e,s){let i=Math.floor(Math.sqrt(Le/(this.columns*Math.ceil(this.count/this.
columns)))),a=Math.max(1,Math.min(t,i)),n=document.createElement("canvas");n.width=a*this.columns,n.height=a*Math.ceil(this.
count/this.columns);let r=I(n,{willReadFrequently:!0});for(let l=0;l<this.count;l++)this.tile(r,l,e(l),l%this.columns*a,
Math.floor(l/this.columns)*a,a,s);let{data:c}=r.getImageData(0,0,n.width,n.height);return{side:a,columns:this.columns,width:n.
width,pixels:new Uint32Array(c.buffer)}}};var Fe=24,Be=80,_e=20,Re=5,ot=class{constructor(t,e){this.owner=t,this.index=e,this.canvas=h("canvas",{class:"ame-points",
"aria-hidden":"true"}),this.over=h("canvas",{class:"ame-over",tabindex:"0",role:"application","data-testid":`manifold-${e}`}),
this.swatch=h("span",{class:"ame-swatch","aria-hidden":"true"}),this.title=h("span",{class:"ame-name"}),this.figures=h("\
p",{class:"ame-muted ame-figures"}),this.tip=h("div",{class:"ame-tip",hidden:!0,role:"status","data-testid":`tip-${e}`}),
this.thumb=h("canvas",{class:"ame-thumb","aria-hidden":"true"}),this.tipText=h("div",{}),this.tip.append(this.thumb,this.
tipText),this.el=h("div",{class:"ame-pane"},h("h4",{},this.swatch,this.title),this.figures,h("div",{class:"ame-stage"},this.
canvas,this.over,this.tip)),this.shown=null,this.image=null,this.pixels=new Uint32Array,this.lasso=null,this.drag=null,this.
over.addEventListener("pointerdown",s=>this.down(s)),this.over.addEventListener("pointermove",s=>this.move(s)),this.over.
addEventListener("pointerup",s=>this.up(s)),this.over.addEventListener("pointercancel",()=>this.cancel()),this.over.addEventListener(
"pointerleave",()=>!this.drag&&this.owner.hover(this.owner.at=null)),this.over.addEventListener("wheel",s=>this.wheel(s),
{passive:!1}),this.over.addEventListener("keydown",s=>this.key(s))}draw(t,e,s){let i=q(this.canvas);if(q(this.over),!this.
canvas.width||!this.canvas.height)return;let a=Math.min(i.width/s.w,i.height/s.h),n={k:a,x0:i.width/2-s.x*a,y0:i.height/
2+s.y*a},r={arm:t,scene:e,size:i,place:n,side:this.owner.sideFor(i,n,t.manifold?.points??[])};this.shown=r,this.over.dataset.
points=r.side?"images":"dots",this.head(t,e),V(()=>this.paint(r))}paint(t){let{arm:e,scene:s,size:i,place:a,side:n}=t,{k:r,
x0:c,y0:l}=a,{ink:d,pictures:m}=this.owner.lab,{width:p,height:u}=this.canvas,g=I(this.canvas);(!this.image||this.image.
width!==p||this.image.height!==u)&&(this.image=g.createImageData(p,u),this.pixels=new Uint32Array(this.image.data.buffer)),
this.pixels.fill(d.paper32);let f=i.scale,w=e.manifold?.points??[],E=w.length/2,k=f*Math.max(2,Math.min(5.2,Math.round(3*
Math.sqrt(i.width*i.height/Math.max(1,s.ids.length)))/10)),b=this.owner.spritesFor(s,k),{labels:A,ids:S}=s,D=this.owner.
selected,C=D.size>0,x=r*f,_=c*f,R=l*f,we=C?b.dim:b.plain,H=n?this.owner.sheetsFor(s,n,f,C):null,U=H?Math.min(E,m?.count??
0):0;for(let T=U;T<E;T++)At(this.pixels,p,u,we[A[T]],w[2*T]*x+_,R-w[2*T+1]*x);if(H)for(let T=0;T<U;T++)Ct(this.pixels,p,
u,H.plain,T,w[2*T]*x+_,R-w[2*T+1]*x,C?Re:32);if(C)for(let T=0;T<E;T++){if(!D.has(S[T]))continue;let[Pt,Dt]=[w[2*T]*x+_,R-
w[2*T+1]*x];H?.strong&&T<U?Ct(this.pixels,p,u,H.strong,T,Pt,Dt):At(this.pixels,p,u,b.strong[A[T]],Pt,Dt)}if(g.putImageData(
this.image,0,0),!e.manifold)return;g.save(),g.scale(f,f),g.textBaseline="middle",g.lineJoin="round";let ye=this.stars(g,
e.manifold.anchors,t);U&&this.owner.lab.frame.state!=="playing"&&this.captions(g,t,U,ye),g.restore()}stars(t,e,{scene:s,
size:i,place:a}){let{ink:n}=this.owner.lab,r=[];t.font=`600 13px ${n.font}`;let c=e.length>2*Fe?6:i.width<380?7.5:9,d=Array.
from({length:e.length/2},(m,p)=>{let[u,g]=j(a,e[2*p],e[2*p+1]),f=s.short[p]??String(p),w=this.owner.mark(s,p);return L(t,
{...w,shape:"star",filled:!0,halo:n.text},u,g,c),L(t,{...w,shape:"star",halo:null,inside:n.card},u,g,w.filled?c:.86*c),{
text:f,x:u,y:g,width:t.measureText(f).width}}).filter(({x:m,y:p})=>m>=-20&&p>=-20&&m<=i.width+20&&p<=i.height+20);return this.
names(t,d,It(d,i,r),n.text),r}captions(t,{arm:e,scene:s,size:i,place:a,side:n},r,c){let{ink:l}=this.owner.lab,d=e.manifold?.
points??[],m=[];for(let u=0;u<r&&n>=_e&&s.captions.length;u++){let[g,f]=j(a,d[2*u],d[2*u+1]);g>=0&&f>=0&&g<=i.width&&f<=
i.height&&m.push({i:u,x:g,y:f,side:n})}if(!m.length||m.length>Be)return;t.font=`12px ${l.font}`;let p=m.map(({i:u,...g})=>({
...g,text:s.captions[u],width:t.measureText(s.captions[u]).width}));this.names(t,p,It(p,i,c),l.muted)}names(t,e,s,i){let{
ink:a}=this.owner.lab;t.lineWidth=4,t.strokeStyle=a.card,t.fillStyle=i,s.forEach((n,r)=>{if(!n)return;let{text:c,x:l,y:d}=e[r];
t.strokeText(c,l+n[0],d+n[1]),t.fillText(c,l+n[0],d+n[1])})}head(t,e){this.swatch.style.background=P(this.index),y(this.
title,t.name),this.title.title=t.label;let s=t.manifold?.prediction,{labels:i}=e,a="";if(s?.length){let r=0;for(let l=0;l<
s.length;l++)r+=+(s[l]===i[l]);let c=s.length<i.length?` of these ${s.length}`:"";a=`${Math.round(100*r/s.length)} % rig\
ht${c} among all ${e.class_names.length} classes`}y(this.figures,t.error?`stopped: ${t.error}`:a);let n=`Shared manifold\
 of ${t.name} at step ${t.manifold?.step??t.step}. ${a}. Arrow keys move the view, plus and minus zoom, 0 shows everythi\
ng, N and B go from image to image, Enter selects, Escape clears, I shows images or dots.`;this.over.getAttribute("aria-\
label")!==n&&this.over.setAttribute("aria-label",n)}under(t){let e=this.shown?.arm.manifold?.points;if(!this.shown||!e)return null;
let{place:s,side:i}=this.shown;return he(e,s,t.offsetX,t.offsetY,Math.max(12,.7*i))}overlay(t,e){if(!this.shown)return;let{
arm:s,scene:i,size:a,place:n,side:r}=this.shown,{width:c,height:l,scale:d}=a,{ink:m,pictures:p}=this.owner.lab,u=I(this.
over);u.setTransform(d,0,0,d,0,0),u.clearRect(0,0,c,l),this.lasso&&this.lasso.length>1&&(u.beginPath(),this.lasso.forEach(
([C,x],_)=>u[_?"lineTo":"moveTo"](C,x)),u.closePath(),u.fillStyle=m.wash,u.fill(),u.strokeStyle=m.accent,u.lineWidth=1.5,
u.setLineDash([5,3]),u.stroke(),u.setLineDash([]));let{manifold:g}=s;if(t===null||!g||2*t>=g.points.length){this.tip.hidden=
!0;return}let{points:f,anchors:w}=g,[E,k]=j(n,f[2*t],f[2*t+1]),b=i.labels[t],A=r>0&&p!==null&&t<p.count?Math.max(32,1.5*
r):0;if(A&&(u.globalAlpha=.5,u.fillStyle=m.card,u.fillRect(0,0,c,l),u.globalAlpha=1),u.strokeStyle=m.text,2*b<w.length){
let C=j(n,w[2*b],w[2*b+1]);u.setLineDash([3,3]),u.lineWidth=1.5,u.beginPath(),u.moveTo(E,k),u.lineTo(...C),u.stroke(),u.
setLineDash([]),A&&L(u,{...this.owner.mark(i,b),shape:"star",filled:!0,halo:m.text},...C,9)}if(A&&p?p.tile(u,t,{...this.
owner.mark(i,b),halo:m.text},E-A/2,k-A/2,A,2):(u.beginPath(),u.arc(E,k,9,0,2*Math.PI),u.lineWidth=2.5,u.stroke()),!e){this.
tip.hidden=!0;return}let S=this.owner.describe(i,t,s);this.tip.hidden=!1,this.tipText.replaceChildren(h("strong",{},S.caption||
S.label),h("div",{},`class ${S.label} · image ${S.id}`),h("div",{class:ht(S)},rt({...S,predicted:`answer: ${S.predicted}`})),
h("div",{},`entropy ${$(S.entropy)} nats`)),M(this.thumb,this.owner.lab.thumbnail(this.thumb,t));let D=E>c*.55;this.tip.
style.left=D?"":`${E+16}px`,this.tip.style.right=D?`${c-E+16}px`:"",this.tip.style.top=`${Math.max(4,Math.min(l-96,k-30))}\
px`}down(t){if(t.button!==0||!this.shown)return;this.over.setPointerCapture(t.pointerId);let e=this.owner.tool==="move"||
t.shiftKey&&t.altKey;this.drag={x:t.offsetX,y:t.offsetY,far:!1,moving:e,add:t.shiftKey},this.lasso=e?null:[[t.offsetX,t.
offsetY]]}move(t){let{drag:e,shown:s,owner:i}=this;if(s){if(!e)return i.hover(i.at=this.under(t),this);e.far||=Math.hypot(
t.offsetX-e.x,t.offsetY-e.y)>4,e.far&&(this.lasso?(this.lasso.push([t.offsetX,t.offsetY]),i.hover(null)):i.view&&(i.view.
x-=t.movementX/s.place.k,i.view.y+=t.movementY/s.place.k,i.redraw()))}}up(t){let{drag:e,lasso:s,shown:i}=this;if(this.cancel(),
!e||!i)return;let a=this.under(t);e.far?s&&this.owner.select(this.within(i,s),e.add):a!==null?this.owner.select([i.scene.
ids[a]],e.add):this.owner.selected.size&&this.owner.select([])}cancel(){this.drag=this.lasso=null,this.owner.hover(null)}within({
arm:t,scene:e,place:s},i){let a=t.manifold?.points??[],n=[];for(let r=0;r<a.length/2;r++)le(i,...j(s,a[2*r],a[2*r+1]))&&
n.push(e.ids[r]);return n}wheel(t){!(t.ctrlKey||t.metaKey)||!this.shown||(t.preventDefault(),this.owner.zoom(Math.exp(t.
deltaY*.002),re(this.shown.place,t.offsetX,t.offsetY)))}key(t){let{owner:e,shown:s}=this;if(!s||!e.view||t.ctrlKey||t.metaKey||
t.altKey)return;let{arm:i,scene:a}=s,n=a.ids.length,c={ArrowLeft:[-1,0],ArrowRight:[1,0],ArrowUp:[0,1],ArrowDown:[0,-1]}[t.
key],l=t.key.toLowerCase();if(c)e.view.x+=.1*e.view.w*c[0],e.view.y+=.1*e.view.h*c[1],e.redraw();else if(l==="+"||l==="=")
e.zoom(.8);else if(l==="-")e.zoom(1.25);else if(l==="0")e.fit();else if(l==="n"||l==="b"){let d=((e.at??(l==="n"?-1:0))+
(l==="n"?1:-1)+n)%n;e.at=d,e.hover(d,this);let m=e.describe(a,d,i);e.lab.say(`Image ${m.id}: class ${m.label}, answer ${m.
predicted}, entropy ${$(m.entropy)} nats.`)}else if(l==="i")e.toggleImages();else if(l==="enter"&&e.at!==null)e.select([
a.ids[e.at]],!0);else if(l==="escape")e.select([]);else return;t.preventDefault(),t.stopPropagation()}};var rt=({right:o,predicted:t})=>o===null?t:`${o?"✓":"✗"} ${t}`,ht=({right:o})=>o===null?"ame-muted":o?"ame-right":"a\
me-wrong",ue=1.04,qe=24,ze=10,pe=([o,t,e,s])=>({x:(o+t)/2,y:(e+s)/2,w:ue*(t-o||1),h:ue*(s-e||1)}),lt=class{constructor(t){
this.lab=t,this.panes=[],this.arms=[],this.view=null,this.home=null,this.tool="lasso",this.selected=new Set,this.at=null,
this.sprites=null,this.sheets=null,this.legend=h("ul",{class:"ame-legend","aria-label":"Classes: colour and shape; fille\
d marks are base classes, open ones new"});let e=(i,a,n)=>h("button",{class:"ame-quiet",type:"button","aria-pressed":String(
this.tool===i),"data-tool":i,title:a,"aria-label":a,onclick:()=>this.setTool(i)},n);this.tools=[e("lasso","Drag selects \
with a lasso","Lasso"),e("move","Drag moves the view","Move")];let s=(i,a,n)=>h("button",{class:"ame-quiet",type:"button",
title:i,"aria-label":i,onclick:n},a);this.images=h("button",{class:"ame-quiet",type:"button",hidden:!0,title:"Draw point\
s as their images (I)","data-testid":"images",onclick:()=>this.toggleImages()},"Images"),this.table=tt("manifold","Share\
d manifold",()=>this.rows()),this.note="",this.row=h("div",{class:"ame-panes"}),this.footnote=h("p",{class:"ame-muted"}),
this.el=h("section",{class:"ame-card ame-manifold","aria-label":"Shared manifold","data-view":"manifold"},h("header",{},
h("h3",{},"Shared manifold"),h("span",{class:"ame-push"}),this.images,h("div",{class:"ame-group",role:"group","aria-labe\
l":"What dragging does"},this.tools),h("div",{class:"ame-group",role:"group","aria-label":"Zoom"},s("Zoom out","−",()=>this.
zoom(1.25)),s("Zoom in","+",()=>this.zoom(.8)),s("Fit to what is drawn now; once more: the axes' full range","Fit",()=>this.
fit())),this.table.button),this.row,this.legend,this.footnote,this.table.box)}setTool(t){this.tool=t;for(let e of this.tools)
e.setAttribute("aria-pressed",String(e.dataset.tool===t));for(let e of this.panes)e.over.style.cursor=t==="move"?"grab":
"crosshair"}scene(t){this.home=t.extent&&pe(t.extent),this.view=this.home&&{...this.home},this.forget(),this.at=null,this.
home&&this.shape(this.home),this.legendOf(t)}forget(){this.sprites=this.sheets=null}get asImages(){let{lab:{client:t,pictures:e,
scene:s}}=this;return e!==null&&!!(t.model.get("images")??s?.show_images)}toggleImages(){if(!this.lab.pictures)return;let{
model:t}=this.lab.client;t.set("images",!this.asImages);try{t.save_changes()}catch{}this.lab.say(this.asImages?"Points a\
re images.":"Points are dots."),this.lab.again()}sideFor(t,e,s){let{home:i,lab:{scene:a}}=this;if(!this.asImages||!i||!a)
return 0;let n=e.k/Math.min(t.width/i.w,t.height/i.h);return de(t,a.ids.length,me(s,e,t),n)}sheetsFor(t,e,s,i){let{ink:a,
pictures:n}=this.lab;if(!n)return null;let r=Math.round(e*s),c=Math.max(1,Math.round(s*(e<20?1.25:1.75))),l=d=>m=>({...this.
mark(t,t.labels[m]),halo:d});return this.sheets?.side!==r&&(this.sheets={side:r,plain:n.sheet(r,l(null),c),strong:null}),
i&&(this.sheets.strong??=n.sheet(Math.round(r*1.25),l(a.text),c)),this.sheets}legendOf(t){let e=new Set(t.labels),s=t.short.
map((i,a)=>({name:i,c:a})).filter(({c:i})=>i<qe&&(!e.size||e.has(i)));this.legend.replaceChildren(...s.map(({name:i,c:a})=>{
let n=h("canvas",{width:28,height:28,"aria-hidden":"true"}),r=this.mark(t,a),c={...r,shape:r.filled?"square":"circle",filled:!1};
return L(I(n),this.asImages?c:r,14,14,8.5),h("li",{},n,i)}))}mark(t,e,s=!0){let{ink:i}=this.lab;return{shape:Yt(e),color:t.
colors[e]??i.text,filled:t.base?!!t.base[e]:!0,halo:s?i.card:null}}shape({w:t,h:e}){this.row.style.setProperty("--ame-as\
pect",Math.max(.9,Math.min(2,t/e)).toFixed(3))}frameExtent(){let t=ce(this.arms.flatMap(({manifold:e})=>e?[e.points,e.anchors]:
[]));return t&&pe(t)}fit(){let t=this.frameExtent();if(!t)return;let e=this.view&&Math.abs(this.view.w-t.w)+Math.abs(this.
view.x-t.x)<1e-9*t.w;this.view={...e&&this.home?this.home:t},this.redraw()}zoom(t,e=null){let{view:s}=this;s&&(e&&(s.x=e[0]+
(s.x-e[0])*t,s.y=e[1]+(s.y-e[1])*t),s.w*=t,s.h*=t,this.redraw())}draw(t){this.arms=t.arms,this.selected=new Set(t.selection),
this.home||(this.home=this.frameExtent(),this.view=this.home&&{...this.home},this.home&&this.shape(this.home));let e=this.
lab.scene?.ids.length??0,s=Math.min(...this.arms.map(({manifold:a})=>(a?.points.length??0)/2)),i=e.toLocaleString("en");
for(this.note=e?s>0&&s<e?`${s} of ${i} images while it trains`:`${i} images`:"",this.row.dataset.arms=String(this.arms.length);this.
panes.length>this.arms.length;)this.panes.pop()?.el.remove();for(;this.panes.length<this.arms.length;){let a=new ot(this,
this.panes.length);this.panes.push(a),this.row.append(a.el)}this.redraw(),this.table.update()}redraw(){let{view:t,lab:{scene:e}}=this;
if(!(!t||!e)){for(let[s,i]of this.panes.entries())i.draw(this.arms[s],e,t);this.explain(e),this.hover()}}explain(t){let{
asImages:e,lab:{frame:{explained:s}}}=this,i=e&&this.panes.some(({shown:r})=>r?.side===0);M(this.images,!!t.thumbnails),
this.images.getAttribute("aria-pressed")!==String(e)&&(this.images.setAttribute("aria-pressed",String(e)),this.legendOf(
t)),M(this.legend,!e||t.short.length<=ze);let a=t.base?e&&!i?"square: base class, round: new class":"filled: base class,\
 open: new class":"",n=[this.note&&i?`${this.note}, as dots until you zoom in`:this.note,"★ class text",a,s&&`axes: ${s}`];
y(this.footnote,n.filter(Boolean).join(" · "))}theme(){this.forget(),this.lab.scene&&this.legendOf(this.lab.scene),this.
redraw()}spritesFor(t,e){if(this.sprites?.radius===e)return this.sprites;let{ink:s}=this.lab,i=e>4,a=Math.max(1,t.short.
length),n=(c,l)=>Array.from({length:a},(d,m)=>St({...this.mark(t,m,i),...c},e,l)),r=Array.from({length:a},(c,l)=>St({...this.
mark(t,l),halo:s.text,inside:s.card,edge:.4},e*1.2));return this.sprites={radius:e,plain:n({},i?.95:.8),dim:n({halo:null},
.16),strong:r},this.sprites}select(t,e=!1){let s=e?[...new Set([...this.selected,...t])]:t;this.selected=new Set(s),this.
lab.command("select",{ids:s}),this.redraw()}hover(t=this.at,e=null){for(let s of this.panes)s.overlay(t,e===s||e===null&&
s===this.panes[0])}describe(t,e,s){let i=t.labels[e],a=s?.manifold?.prediction[e],n=r=>t.short[r]??"–";return{id:t.ids[e],
caption:t.captions[e]??t.class_names[i]??"",label:n(i),predicted:a===void 0?"–":n(a),right:a===void 0?null:a===i,entropy:s?.
manifold?.entropy[e]}}rows(){let{scene:t}=this.lab,e=[];if(t){let s=[...t.ids.keys()],i=a=>Number(this.selected.has(t.ids[a]));
this.selected.size&&s.sort((a,n)=>i(n)-i(a));for(let a of this.arms)for(let n of s.slice(0,Math.ceil(200/this.arms.length))){
let{id:r,label:c,predicted:l,entropy:d}=this.describe(t,n,a),m=a.manifold?.points;e.push([a.name,r,c,l,d,m?.[2*n],m?.[2*
n+1]])}}return{columns:["arm","id","class","answer","entropy (nats)","axis 1","axis 2"],rows:e}}};var B=11;function Ke(o,t,e,s){let i=[...o],a=o[t];for(let n=t;n!==e;n+=Math.sign(e-t))i[n]=a+(s-a)*(n-t)/(e-t);return i[e]=
s,i}var ct=class{constructor(t,{term:e,low:s,high:i},a,n,r){this.lab=t,this.term=e,this.low=s,this.high=i,this.locked=n,
this.report=r,this.values=a,this.cursor=0,this.last=null,this.canvas=h("canvas",{class:"ame-sketch",tabindex:"0",role:"a\
pplication","aria-label":`Sketch ${O[e]?.label??e} from ${s} to ${i} over the run. Left and right choose a place, up and\
 down set its height.`}),this.el=h("div",{},this.canvas);let c=l=>!n&&l.buttons&&this.put(l.offsetX/this.canvas.clientWidth,
1-l.offsetY/this.canvas.clientHeight);this.canvas.addEventListener("pointerdown",l=>{this.canvas.setPointerCapture(l.pointerId),
this.last=null,c(l)}),this.canvas.addEventListener("pointermove",c),this.canvas.addEventListener("keydown",l=>this.key(l))}put(t,e){
let s=Math.round(Math.max(0,Math.min(1,t))*(B-1)),i=this.low+(this.high-this.low)*Math.max(0,Math.min(1,e));this.values=
Ke(this.values??new Array(B).fill(i),this.last??s,s,i),this.last=s,this.report(this.values),this.draw(this.lab.frame)}key(t){
let e={ArrowLeft:-1,ArrowRight:1}[t.key]??0,s={ArrowUp:.05,ArrowDown:-.05}[t.key]??0;if(!(!e&&!s||this.locked)){if(t.preventDefault(),
t.stopPropagation(),e)this.cursor=Math.max(0,Math.min(B-1,this.cursor+e));else{let i=this.values??new Array(B).fill((this.
low+this.high)/2);this.values=i,this.last=this.cursor,this.put(this.cursor/(B-1),(i[this.cursor]-this.low)/(this.high-this.
low)+s)}this.lab.say(`Place ${this.cursor+1} of ${B}: ${$(this.values?.[this.cursor])}`),this.draw(this.lab.frame)}}draw(t){
let{width:e,height:s,scale:i}=q(this.canvas);if(!e)return;let{ink:a}=this.lab,n=I(this.canvas);n.setTransform(i,0,0,i,0,
0),n.fillStyle=a.soft,n.fillRect(0,0,e,s);let r=c=>s-s*(c-this.low)/(this.high-this.low);n.font=`11px ${a.font}`,n.fillStyle=
a.muted,n.fillText($(this.high),3,12),n.fillText($(this.low),3,s-4),this.values?(n.strokeStyle=a.text,n.lineWidth=2,n.setLineDash(
[4,3]),n.beginPath(),this.values.forEach((c,l)=>n[l?"lineTo":"moveTo"](e*l/(B-1),r(c))),n.stroke(),n.setLineDash([])):n.
fillText("draw here",e/2-22,s/2),(this.locked?t.arms:[]).forEach((c,l)=>{let d=c.series[this.term];if(d){n.strokeStyle=P(
l),n.beginPath();for(let m=0;m<d.x.length;m++)n[m?"lineTo":"moveTo"](e*d.x[m]/(t.steps||1),r(d.y[m]));n.stroke()}}),document.
activeElement===this.canvas&&(n.fillStyle=a.accent,n.fillRect(e*this.cursor/(B-1)-1,0,2,s))}};var fe=.4,dt=class{constructor(){this.shown=new N,this.list=h("ul",{class:"ame-findings","data-testid":"diagnosis"}),this.
el=h("section",{class:"ame-card","aria-label":"Diagnosis"},h("header",{},h("h3",{},"Diagnosis")),this.list)}draw({diagnosis:t}){
if(!this.shown.isNew(t))return;let e={ok:{sign:"✓",name:"Fine"},warn:{sign:"!",name:"Watch"},alarm:{sign:"✗",name:"B\
roken"}},s=t.length?t:[{level:"ok",text:"Nothing to report yet."}];this.list.replaceChildren(...s.map(({level:i,text:a})=>h(
"li",{"data-level":i},h("b",{"aria-hidden":"true"},e[i].sign),h("span",{},h("span",{class:"ame-hidden"},`${e[i].name}: `),
a))))}},mt=class{constructor(){this.shape=new N,this.drawnAt=0,this.table=h("table",{"data-testid":"delta"}),this.body=h(
"tbody",{}),this.el=h("section",{class:"ame-card","aria-label":"What the last step changed"},h("header",{},h("h3",{},"Wh\
at the last step changed")),h("div",{class:"ame-delta",tabindex:"0",role:"region","aria-label":"Delta table"},this.table))}draw(t){
if(t.state==="playing"&&v()-this.drawnAt<fe)return;this.drawnAt=v();let{columns:e,rows:s}=t.delta;M(this.el,e.length>0),
this.shape.isNew([e,s.map(i=>i.length)])&&(this.body=h("tbody",{},s.map(i=>i.length===1?h("tr",{class:"ame-since"},h("th",
{scope:"rowgroup",colspan:e.length})):h("tr",{},e.map((a,n)=>n?h("td",{},h("b",{}),h("small",{})):h("th",{scope:"row"}))))),
this.table.dataset.columns=String(e.length),this.table.style.setProperty("--ame-columns",String(e.length)),this.table.replaceChildren(
h("thead",{},h("tr",{},e.map(i=>h("th",{scope:"col",title:i||null},i||h("span",{class:"ame-hidden"},"quantity"))))),this.
body)),s.forEach((i,a)=>i.forEach((n,r)=>{let c=this.body.children[a].children[r],l=typeof n=="string"?{value:n,trend:null,
by:""}:n;if(!r)return y(c,l.value);let[d,m]=c.children;y(d,l.value),y(m,l.trend===null?"":l.trend==="same"?"= same":`${l.
trend==="up"?"▲ +":"▼ −"}${l.by}`)}))}},ut=class{constructor(t){this.lab=t,this.shape=new N,this.questions=[],this.
answers={},this.sketches=[],this.outcomes=new Map,this.tried=!1,this.body=h("div",{}),this.commit=h("button",{type:"subm\
it",class:"ame-button ame-primary","data-testid":"commit"},"Commit my prediction"),this.note=h("p",{class:"ame-muted",role:"\
status"}),this.el=h("section",{class:"ame-card ame-predict","aria-label":"Predict, then run"},h("header",{},h("h3",{},"P\
redict, then run")),h("form",{onsubmit:e=>this.submit(e)},this.body,this.note,this.commit))}submit(t){t.preventDefault(),
this.tried=!0,this.tell(),this.missing().length||this.lab.command("predict",{answers:this.answers})}missing(){return this.
questions.filter(({id:t})=>this.answers[t]===void 0)}answer(t,e){this.answers[t]=e,this.tell()}tell(){let t=this.lab.frame.
prediction?.waiting,e=this.tried?this.missing():[];y(this.note,t?e.length?`Still open: ${e.map(({text:s})=>s).join(" ")}`:
"Commit your prediction to unlock play.":"Committed. The result appears below your answer.")}draw(t){let{prediction:e}=t;
if(M(this.el,e!==null),!e)return;let{questions:s,answers:i,outcome:a,waiting:n}=e;this.shape.isNew([s,n])&&(this.questions=
s,this.answers={...i},this.tried=!1,this.sketches=[],this.outcomes=new Map,this.body.replaceChildren(...s.map(r=>this.question(
r,!n)))),M(this.commit,n),this.tell();for(let[r,c]of this.outcomes){let l=a[r];if(M(c,!!l),!l)continue;let{text:d,right:m}=l;
c.className=`ame-outcome ${m===!0?"ame-right":m===!1?"ame-wrong":""}`,y(c,`${m===!0?"✓ ":m===!1?"✗ ":""}${d}`)}for(let r of this.
sketches)r.draw(t)}question({id:t,text:e,options:s,sketch:i},a){let n=h("p",{class:"ame-outcome",hidden:!0});this.outcomes.
set(t,n);let r=this.answers[t];if(i){let l=new ct(this.lab,i,Array.isArray(r)?[...r]:null,a,d=>this.answer(t,d));return this.
sketches.push(l),h("fieldset",{"data-testid":`predict-${t}`},h("legend",{},e),l.el,n)}let c=G();return h("fieldset",{disabled:a,
"data-testid":`predict-${t}`},h("legend",{},e),h("div",{class:"ame-options"},(s??[]).map(l=>h("label",{},h("input",{type:"\
radio",name:c,value:l,checked:r===l,onchange:()=>this.answer(t,l)}),` ${l}`))),n)}},We=40,pt=class{constructor(t){this.lab=
t,this.listed=new N,this.drawnAt=0,this.count=h("span",{class:"ame-muted"}),this.whose=h("span",{class:"ame-muted","data\
-testid":"selection-arm"}),this.clear=h("button",{type:"button",class:"ame-quiet","data-testid":"clear-selection",onclick:()=>t.
command("select",{ids:[]})},"Clear"),this.body=h("tbody",{}),this.hint=h("p",{class:"ame-muted"},"Draw a lasso around po\
ints, or click one. In Python: .selection of this lab is a table of them."),this.scroll=h("div",{class:"ame-scroll",hidden:!0,
tabindex:"0",role:"region","aria-label":"Selected images"},h("table",{"data-testid":"selection"},h("thead",{},h("tr",{},
["","id","class","answer","entropy"].map(e=>h("th",{scope:"col"},e||h("span",{class:"ame-hidden"},"picture"))))),this.body)),
this.el=h("section",{class:"ame-card","aria-label":"Selection"},h("header",{},h("h3",{},"Selection"),this.count,this.whose,
h("span",{class:"ame-push"}),this.clear),this.hint,this.scroll)}draw(t){let{lab:e}=this,{scene:s}=e,i=t.selection;if(t.state===
"playing"&&i.length&&v()-this.drawnAt<fe)return;this.drawnAt=v(),M(this.hint,!i.length),M(this.scroll,i.length>0),M(this.
clear,i.length>0),y(this.count,i.length?`${i.length} image${i.length>1?"s":""}`:"");let a=s?i.slice(0,We).flatMap(r=>e.rowOf.
get(r)??[]):[],n=t.arms.at(-1);y(this.whose,n&&t.arms.length>1&&a.length?`answers of ${n.name}`:""),this.listed.isNew([e.
scenes,a])&&this.body.replaceChildren(...a.map(r=>{let c=h("canvas",{class:"ame-thumb-small","aria-hidden":"true"});return e.
thumbnail(c,r),h("tr",{},h("td",{},c),h("td",{}),h("td",{}),h("td",{}),h("td",{}))})),s&&a.forEach((r,c)=>{let l=e.manifold.
describe(s,r,n),[,d,m,p,u]=this.body.children[c].children;y(d,String(l.id)),y(m,l.label),y(p,rt(l)),p.className=ht(l),y(
u,$(l.entropy))})}};function je(o){let t=o.trim();return t.match(/^lab\(\s*["'](.*)["']\s*\)$/)?.[1]??t}var ft=class{constructor(t){
this.lab=t,this.names=new N,this.arm=h("select",{"aria-label":"Arm of the recipe",onchange:()=>this.draw(t.frame)}),this.
token=h("input",{type:"text",readonly:!0,"data-testid":"recipe-token","aria-label":"Recipe as one token",onfocus:()=>this.
token.select()}),this.copy=h("button",{type:"button",class:"ame-button","data-testid":"copy-recipe",onclick:()=>this.put()},
"Copy"),this.given=h("input",{type:"text",placeholder:"ame1:…","data-testid":"restore-token","aria-label":"Token to re\
store",spellcheck:"false"}),this.restore=h("button",{type:"submit",class:"ame-button","data-testid":"restore"},"Restore"),
this.el=h("section",{class:"ame-card ame-recipe","aria-label":"Recipe"},h("header",{},h("h3",{},"Recipe"),h("span",{class:"\
ame-push"}),this.arm),h("div",{class:"ame-field"},this.token,this.copy),h("form",{class:"ame-field",onsubmit:e=>{e.preventDefault();
let s=je(this.given.value);s&&t.anew(()=>t.command("restore",{token:s}),this.lost(t.frame))}},this.given,this.restore),h(
"p",{class:"ame-muted"},'The whole run, steering included, as one string: lab("ame1:…") restores it.'))}lost({arms:t,step:e,
to_lose:s}){return t.length<2?s:`All ${t.length} arms as they stand at step ${e}${s&&`, with ${s},`}`}async put(){try{await navigator.
clipboard.writeText(this.token.value)}catch{this.token.select(),document.execCommand("copy")}y(this.copy,"Copied"),this.
lab.say("Recipe copied."),setTimeout(()=>y(this.copy,"Copy"),1500)}draw({arms:t}){if(this.names.isNew(t.map(s=>s.name))){
let s=this.arm.value;this.arm.replaceChildren(...t.map(i=>h("option",{value:i.name},i.name))),this.arm.value=t.some(i=>i.
name===s)?s:t.at(-1)?.name??"",M(this.arm,t.length>1)}let e=t.find(s=>s.name===this.arm.value)?.recipe_token??"";this.token.
value!==e&&(this.token.value=e),this.restore.disabled=this.given.disabled=this.lab.locked("restore")}};var He="Start a new branch from this step (F)",Ue=.6,ge=({step:o,text:t})=>`${t} from step ${o} on`,gt=class{constructor(t){
this.lab=t,this.shown=0,this.touched=-1/0,this.step=0,this.send=J(e=>t.command("scrub",{step:e}),80),this.range=h("input",
{type:"range",min:0,max:1,step:1,"data-testid":"scrubber","aria-label":"Recorded steps",class:"ame-scrub",oninput:()=>this.
moved()}),this.live=h("button",{type:"button",class:"ame-button","data-testid":"live-head",onclick:()=>t.command("scrub",
{step:null}),title:"Back to the newest step (L)"},"Back to live"),this.fork=h("button",{type:"button",class:"ame-button",
"data-testid":"fork","aria-expanded":"false",onclick:()=>this.toggle(),title:He},"Fork from here…"),this.bars=h("div",
{class:"ame-branches",role:"list","aria-label":"Branches","data-testid":"branches"}),this.marks=[],this.arm=h("select",{
"aria-label":"Branch off","data-testid":"fork-arm",onchange:()=>this.editor()}),this.from=h("span",{"data-testid":"fork-\
step"}),this.field=h("select",{"aria-label":"Dial to change","data-testid":"fork-field",onchange:()=>this.editor()}),this.
input=null,this.value=h("span",{}),this.again=h("p",{class:"ame-muted ame-repeats",role:"status"}),this.form=h("form",{class:"\
ame-fork",hidden:!0,"data-testid":"fork-form",onsubmit:e=>this.submit(e),onkeydown:e=>e.key==="Escape"&&this.toggle(!1)},
h("label",{},"Branch off ",this.arm),this.from,h("label",{},"and set ",this.field),this.value,h("button",{type:"submit",
class:"ame-button ame-primary","data-testid":"fork-go"},"Fork and run on"),h("button",{type:"button",class:"ame-button",
onclick:()=>this.toggle(!1)},"Cancel"),this.again),this.note=h("p",{class:"ame-scrub-note",hidden:!0}),this.el=h("div",{
class:"ame-timeline",role:"group","aria-label":"Time"},h("div",{class:"ame-scrub-row"},h("div",{class:"ame-track"},this.
range,this.bars),this.live,this.fork),this.note,this.form)}toggle(t=this.form.hidden){if(this.form.hidden=!t,this.fork.setAttribute(
"aria-expanded",String(t)),!t)return this.fork.focus();let{frame:e}=this.lab;this.step=F(e),y(this.from,`at step ${this.
step}`),this.arm.replaceChildren(...e.arms.map(a=>h("option",{value:a.name,title:a.label},a.name)));let s=e.dials.filter(
a=>a.steerable&&!a.locked);this.field.replaceChildren(h("option",{value:""},"nothing"),...s.map(a=>h("option",{value:a.field},
a.label))),s.length&&(this.field.value=(s.find(({field:a})=>a==="omega")??s[0]).field);let i=e.arms.at(-1);i&&(this.arm.
value=i.name),this.editor(),this.field.focus()}editor(){let{frame:t}=this.lab,e=t.dials.find(({field:r})=>r===this.field.
value),s=t.arms.find(({name:r})=>r===this.arm.value),i=(s?.turns??[]).filter(({step:r,field:c})=>r>this.step&&c!==this.field.
value);if(y(this.again,s&&i.length?`The fork repeats the later changes of ${s.name}: ${i.map(ge).join("; ")}.`:""),this.
input=null,!e)return this.value.replaceChildren();let a=e.values[this.arm.value]??e.value,n={"aria-label":`New value of ${e.
label}`,"data-testid":"fork-value"};if(e.kind==="number"){let r=e.step??(e.whole?1:"any");this.input=h("input",{...n,type:"\
number",step:r,min:e.low,max:e.high,value:a??"",required:!0})}else{let r=e.kind==="switch"?[!0,!1]:e.choices;this.input=
h("select",n,r.map(c=>h("option",{value:JSON.stringify(c)},X(c)))),this.input.value=JSON.stringify(e.kind==="switch"?!a:
a)}this.value.replaceChildren("to ",this.input)}submit(t){t.preventDefault();let{input:e}=this,s=e?e.type==="number"?Number(
e.value):JSON.parse(e.value):null;this.lab.command("fork",{step:this.step,field:this.field.value||null,value:s,arm:this.
arm.value,play:!0}),this.toggle(!1)}moved(){let t=Zt(this.lab.frame.recorded_steps,this.shown,Number(this.range.value));
this.range.value=String(t),this.shown=t,this.touched=v(),this.send(t)}draw(t){let e=Math.max(1,t.steps),s=t.recorded_steps.
length>0;this.range.max!==String(e)&&(this.range.max=String(e)),v()-this.touched>=Ue&&(this.shown=F(t),this.range.value!==
String(this.shown)&&(this.range.value=String(this.shown))),this.range.setAttribute("aria-valuetext",`step ${this.shown} \
of ${e}`),this.range.disabled=this.lab.locked("scrub")||!s;let i=W(t);this.live.disabled=!i,this.fork.disabled=this.lab.
locked("fork")||!s||t.state==="preparing"||t.state==="closed",M(this.note,i),i&&y(this.note,`Looking back at step ${t.scrubbed}\
; the newest is ${t.recorded_steps.at(-1)??t.step}. Dials and curves are as they were then: fork from here to change one\
, or go back to live.`),(!i||t.arms.length!==this.bars.children.length)&&this.branches(t,e)}branches({arms:t},e){for(;this.
bars.children.length>t.length;)this.bars.lastChild?.remove();for(;this.bars.children.length<t.length;)this.bars.append(h(
"div",{role:"listitem",class:"ame-branch"},h("span",{class:"ame-branch-rail"},h("i",{}),h("span",{})),h("span",{class:"a\
me-branch-name"})));t.forEach((s,i)=>{let a=this.bars.children[i],[n,r]=a.children,[c,l]=n.children,d=s.fork_step??0;c.style.
left=`${100*d/e}%`,c.style.width=`${100*Math.max(0,s.step-d)/e}%`,c.style.background=P(i),y(r,s.name),this.marks[i]??=new N,
this.marks[i].isNew([s.turns,e])&&l.replaceChildren(...s.turns.map(m=>h("b",{style:`left: ${100*m.step/e}%`,title:ge(m)}))),
a.title=`${s.label}: step ${s.step}${s.finished?", finished":""}`})}};var be={play:"M4 2.5v11l9-5.5z",pause:"M4 2.5h3v11H4zM9.5 2.5h3v11h-3z",step:"M3 2.5v11l7-5.5zM11 2.5h2.2v11H11z",epoch:"\
M2 2.5v11l5.5-5.5zM7.5 2.5v11L13 8zM13 2.5h1.5v11H13z",reset:"M8 2.2a5.8 5.8 0 1 0 5.6 4.3h-2A3.9 3.9 0 1 1 8 4.1c1 0 2 \
.4 2.7 1.1L8.6 7.3H14V1.9l-1.9 1.9A5.8 5.8 0 0 0 8 2.2z"},Ye=[["","full speed"],[50,"50 steps/s"],[20,"20 steps/s"],[5,"\
5 steps/s"],[1,"1 step/s"]],Xe={paused:"Paused",playing:"Training",finished:"Finished",failed:"Failed",closed:"Closed",preparing:"\
Preparing",waiting:"Connecting"},bt=class{constructor(t){this.lab=t;let e=(s,i,a,n,r)=>h("button",{type:"button",class:"\
ame-button","data-testid":i,title:n,onclick:r},h("svg",{viewBox:"0 0 16 16",width:14,height:14,"aria-hidden":"true",fill:"\
currentColor"},h("path",{d:be[s]})),h("span",{},a));this.play=e("play","play","Play","Play or pause (K)",()=>t.toggle()),
this.play.classList.add("ame-primary"),this.step=e("step","step-one","Step","One minibatch (S)",()=>t.command("step")),this.
epoch=e("epoch","epoch","Epoch","One pass over the shots (E)",()=>t.command("epoch")),this.reset=e("reset","reset","Rese\
t","Back to step 0 of the original or restored recipe: steering is undone and forks are dropped (R)",()=>t.anew(()=>t.command(
"reset"))),this.speed=h("select",{"data-testid":"speed","aria-label":"Speed",title:"Speed",onchange:()=>t.command("speed",
{value:this.speed.value===""?null:Number(this.speed.value)})},Ye.map(([s,i])=>h("option",{value:s},i))),this.state=h("sp\
an",{class:"ame-state","data-testid":"state"}),this.count=h("span",{class:"ame-count","data-testid":"step"}),this.where=
h("span",{class:"ame-muted"}),this.el=h("div",{class:"ame-transport",role:"group","aria-label":"Training"},this.play,this.
step,this.epoch,this.reset,this.speed,this.state,this.count,this.where)}draw(t){let{state:e}=t,s=e==="playing",i=s?"Paus\
e":e==="finished"?"Play again":"Play";this.play.dataset.name!==i&&(this.play.dataset.name=i,this.play.querySelector("pat\
h")?.setAttribute("d",be[s?"pause":"play"]),y(this.play.lastChild,i),this.play.setAttribute("aria-label",`${i} training`));
let a=e==="preparing"||e==="closed"||e==="waiting",n=t.prediction?.waiting??!1,r=(p,u,g=!0)=>p.disabled=a||this.lab.locked(
u)||!g;r(this.play,"play",s||!(n||e==="failed")),r(this.step,"step",!(n||e==="finished"||e==="failed")),r(this.epoch,"ep\
och",!(n||e==="finished"||e==="failed"));let c=t.steps_per_epoch,l=c===1?"here one minibatch holds all the shots, so it \
is one step":c?`${c} minibatches`:"";this.epoch.title=`One pass over the shots (E)${l&&`: ${l}`}`,r(this.reset,"reset"),
r(this.speed,"speed"),this.play.title=n?"Commit your prediction first":"Play or pause (K)";let d=String(t.speed??"");document.
activeElement!==this.speed&&this.speed.value!==d&&([...this.speed.options].some(p=>p.value===d)||this.speed.append(h("op\
tion",{value:d},`${d} steps/s`)),this.speed.value=d);let m=W(t);this.state.dataset.state=m?"back":e,y(this.state,m?"Look\
ing back":Xe[e]),y(this.count,`step ${F(t)} of ${t.steps||"–"}`),y(this.where,e==="preparing"?t.progress?.text??"":c&&
c!==1?`epoch ${$(t.epoch)}`:"")}};var Je=[["K","play or pause"],["S","one minibatch"],["E","one epoch"],["R","reset"],["[ and ]","earlier and later record\
ed step"],["L","back to live"],["F","fork from here"],["D","to the dials"],["M","to the manifold"],["?","this list"]],wt=class{constructor(t){
this.client=t,this.scene=null,this.scenes=0,this.pictures=null,this.frame=ee,this.rowOf=new Map,this.heard=new Set,this.
newest="",this.ink=this.readInk(),this.cursor=null,this.unfocused=null,this.due=this.cursorDue=0,this.finishedAt=-1/0,this.
quiet=0,this.lateBy=0,this.gone=!1,this.act=()=>{},this.transport=new bt(this),this.timeline=new gt(this),this.manifold=
new lt(this),this.charts=new st(this),this.dials=new it(this);let[e,s,i]=[new at(this),new dt,new mt],[a,n,r]=[new ut(this),
new pt(this),new ft(this)];this.panels={transport:this.transport,timeline:this.timeline,manifold:this.manifold,charts:this.
charts,dials:this.dials,breaks:e,diagnosis:s,delta:i,predict:a,selection:n,recipe:r},this.live=h("div",{class:"ame-hidde\
n",role:"log","aria-live":"polite","data-testid":"said"}),this.error=h("div",{class:"ame-error",role:"alert","data-testi\
d":"error",hidden:!0}),this.note=h("div",{class:"ame-note",role:"status","data-testid":"note",hidden:!0}),this.progress=
h("progress",{max:1,value:0,"aria-label":"Preparation",hidden:!0}),this.caption=h("p",{class:"ame-caption","data-testid":"\
caption"}),this.help=h("dialog",{class:"ame-keys","aria-label":"Keyboard"},h("h3",{},"Keyboard, while the focus is in th\
e lab"),h("dl",{},Je.map(([c,l])=>[h("dt",{},h("kbd",{},c)),h("dd",{},l)])),h("p",{},"In a manifold: arrows move, + and \
− zoom, 0 shows everything, N and B go from image to image, Enter selects, Esc clears, I shows images or dots."),h("bu\
tton",{type:"button",class:"ame-button",onclick:()=>this.help.close()},"Close")),this.losing=h("p",{}),this.sure=h("dial\
og",{class:"ame-keys","aria-label":"Start over?","data-testid":"sure"},h("h3",{},"Start over?"),this.losing,h("div",{class:"\
ame-choices"},h("button",{type:"button",class:"ame-button ame-primary","data-testid":"keep",autofocus:!0,onclick:()=>this.
sure.close()},"Keep them"),h("button",{type:"button",class:"ame-button","data-testid":"drop",onclick:()=>this.dropped()},
"Start over"))),this.el=h("div",{class:"ame-lab","data-testid":"lab",role:"region","aria-label":"Live lab",tabindex:"-1",
onkeydown:c=>this.key(c),"oname-size":()=>this.again()},h("div",{class:"ame-bar"},this.transport.el,h("button",{type:"bu\
tton",class:"ame-quiet ame-keys-button",title:"Keyboard shortcuts (?)",onclick:()=>this.help.showModal()},"Keys"),this.progress,
this.timeline.el),this.error,this.note,h("div",{class:"ame-grid"},h("div",{class:"ame-column ame-left"},a.el,this.dials.
el,e.el),h("div",{class:"ame-column ame-middle"},this.manifold.el,this.caption,this.charts.el),h("div",{class:"ame-colum\
n ame-right-side"},s.el,i.el,n.el,r.el)),this.help,this.sure,this.live),this.themes=new MutationObserver(()=>requestAnimationFrame(
()=>this.theme())),this.themes.observe(document.body,{attributes:!0,attributeFilter:["data-jp-theme-light","data-jp-them\
e-name","class"]}),requestAnimationFrame(()=>this.theme()),this.sizes=new ResizeObserver(()=>this.again()),this.sizes.observe(
this.el),this.onImages=()=>this.again(),t.model.on("change:images",this.onImages),this.draw(this.frame)}close(){this.themes.
disconnect(),this.sizes.disconnect(),this.client.model.off("change:images",this.onImages)}retained(t,e){if(t!=="scene")return;
let s=e;this.scene=s,this.scenes+=1,this.pictures=null,s.thumbnails&&this.decode(s,s.thumbnails),this.rowOf=new Map([...s.
ids].map((i,a)=>[i,a])),this.manifold.scene(s),this.again()}async decode(t,e){try{let s=await nt.load(e);if(this.scene!==
t)return;this.pictures=s,this.scenes+=1,this.manifold.forget(),this.again()}catch(s){console.error("ame_explore: the ima\
ges could not be decoded",s)}}draw(t){Bt(()=>this.write(t)),this.keepFocus()}write(t){let{state:e}=t;e==="finished"&&this.
frame.state==="playing"&&(this.finishedAt=v()),this.frame=t;let s=t.show&&new Set(t.show);for(let[n,r]of Object.entries(
this.panels)){let c=s!==null&&!s.has(n);r.el.classList.toggle("ame-off",c),c||r.draw(t)}M(this.error,!!t.error),t.error&&
y(this.error,t.error);let{done:i,of:a}=t.progress??{done:0,of:0};M(this.progress,e==="preparing"),a>0?this.progress.value=
i/a:this.progress.removeAttribute("value"),this.tell(),this.hear(t.said),y(this.caption,t.caption??this.newest),Object.assign(
this.el.dataset,{state:e,step:F(t),frame:t.n,ageMs:Math.round(1e3*this.client.drawnAge),drawMs:this.client.drawMs.toFixed(
1)})}keepFocus(){let t=document.activeElement;t instanceof HTMLElement&&t!==this.el&&this.el.contains(t)&&t.matches(":di\
sabled")?(this.unfocused=t,this.el.focus({preventScroll:!0})):this.unfocused&&t!==this.el?this.unfocused=null:this.unfocused&&
!this.unfocused.matches(":disabled")&&(this.unfocused.focus({preventScroll:!0}),this.unfocused=null)}again(){this.due||(this.
due=requestAnimationFrame(()=>{this.due=0,this.el.isConnected&&this.draw(this.frame)}))}late(t){this.el.dataset.late=t?t.
toFixed(2):"",this.lateBy=t,this.tell()}silent(t,e){this.quiet=t,this.gone=e,this.tell()}tell(){let t=this.gone?"Python \
has stopped: the kernel was restarted or shut down. Run the cell again for a new lab; this page still shows the last sta\
te.":this.quiet&&this.frame.state!=="closed"?`No answer from Python for ${Math.round(this.quiet)} s: it may be busy with\
 a cell.`:this.lateBy?`The connection is slow: this picture is ${this.lateBy.toFixed(1)} s old.`:this.frame.note??"";M(this.
note,!!t),y(this.note,t)}hear(t){let e=t.filter(({id:i})=>!this.heard.has(i)),s=this.heard.size===0;for(let{id:i}of e)this.
heard.add(i);if(e.length){this.newest=e[e.length-1].text;for(let{text:i}of s?e.slice(-1):e.slice(-3))this.say(i)}}say(t){
for(this.live.append(h("p",{},t));this.live.childElementCount>20;)this.live.firstChild?.remove()}command(t,...e){this.locked(
t)||this.client.send({type:"command",name:t,args:e[0]??{}})}locked(t){return this.frame.locked.includes(t)}anew(t,e=this.
frame.to_lose){if(!e)return t();this.act=t,y(this.losing,`${e} would be lost. To keep a run, copy its recipe token first\
.`),this.sure.showModal()}dropped(){this.sure.close(),this.act()}toggle(){if(!this.transport.play.disabled){if(this.frame.
state!=="finished")return this.command(this.frame.state==="playing"?"pause":"play");v()-this.finishedAt<.6||this.anew(()=>{
this.command("reset"),this.command("play")})}}scrubTo(t){this.timeline.range.disabled||this.command("scrub",{step:Et(this.
frame.recorded_steps,t)})}chartCursor(t){t!==this.cursor&&(this.cursor=t,!this.cursorDue&&(this.cursorDue=requestAnimationFrame(
()=>{this.cursorDue=0,this.charts.draw(this.frame,this.cursor)})))}key(t){let e=t.target;if(t.key==="Enter"&&(t.ctrlKey||
t.metaKey||t.shiftKey))return this.enter(t,e);if(t.ctrlKey||t.metaKey||t.altKey||t.key==="Tab")return;if(this.help.open||
this.sure.open)return t.stopPropagation();(!t.shiftKey||t.key.length===1)&&t.stopPropagation();let{tagName:s}=e;if(s==="\
INPUT"&&e.type!=="range"&&e.type!=="radio"||s==="SELECT"||s==="TEXTAREA")return;let a=c=>!c.disabled&&c.click(),r={k:()=>this.
toggle(),s:()=>a(this.transport.step),e:()=>a(this.transport.epoch),r:()=>a(this.transport.reset),"[":()=>this.move(-1),
"]":()=>this.move(1),l:()=>a(this.timeline.live),f:()=>a(this.timeline.fork),d:()=>this.dials.el.querySelector("input, s\
elect, button")?.focus(),m:()=>this.manifold.panes[0]?.over.focus(),"?":()=>this.help.showModal()}[t.key.toLowerCase()];
r&&(t.preventDefault(),r())}enter(t,e){t.stopPropagation(),e.type==="number"&&(t.preventDefault(),e.blur(),e.focus())}move(t){
let{recorded_steps:e}=this.frame;if(!e.length||this.timeline.range.disabled)return;let s=Math.max(0,Math.min(e.length-1,
K(e,F(this.frame))+t));this.command("scrub",{step:e[s]})}thumbnail(t,e){return!this.pictures||e>=this.pictures.count?!1:
(this.pictures.fill(t,e),!0)}readInk(){let t=this.el?getComputedStyle(this.el):null,e=(r,c)=>t?.getPropertyValue(r).trim()||
c,s=e("--ame-card","#ffffff"),[i,a,n]=Xt(s);return{dark:z(),text:e("--ame-text","#1a1a1a"),muted:e("--ame-muted","#5a5a5\
a"),grid:e("--ame-line","#e4e4e4"),card:s,soft:e("--ame-soft","#f4f5f7"),accent:e("--ame-accent","#0072B2"),wash:e("--am\
e-wash","rgba(0,114,178,.12)"),font:t?.fontFamily||"sans-serif",paper32:(4278190080|n<<16|a<<8|i)>>>0}}theme(){this.el.dataset.
theme=z()?"dark":"light",this.ink=this.readInk(),this.manifold.theme(),this.again()}};var Yi=Ot((o,t)=>{Jt(o.model.get("quantities"));let e=new wt(o);return t.append(e.el),e});export{Yi as default};

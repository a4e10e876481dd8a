// Built by ame_explore/widgets/js/build.js; sources: sha256 ea662a92461c3c30eb7c0107e05ee0efbfe06c5a557086bd9a5fef65163879b1
var v=()=>(performance.timeOrigin+performance.now())/1e3;function J(o,t){let e=null,s=null,i=()=>{if(e=null,!s)return;let n=s;
s=null,o(...n),e=setTimeout(i,t)};return(...n)=>{if(e!==null){s=n;return}o(...n),e=setTimeout(i,t)}}var Lt=.4,ve=3,ke={f4:Float32Array,i4:Int32Array,u1:Uint8Array};function yt(o,t){if(Array.isArray(o))return o.map(e=>yt(
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
i=>{t.seen=i[i.length-1].isIntersecting,this.look()},{rootMargin:"300px"});e.observe(t.el);for(let[i,n]of Object.entries(
this.kept))t.retained?.(i,n);this.frame&&!(this.frame.moving&&this.age(this.frame)>Lt)&&t.draw(this.frame);let s=this.there;
return this.look(),s&&this.tell({type:"ready",have:this.have()}),()=>{e.disconnect(),this.views.delete(t),this.look()}}have(){
return Object.fromEntries(Object.entries(this.kept).map(([t,e])=>[t,e.retained]))}look(){let t=[...this.views],e=!document.
hidden&&t.some(n=>n.seen&&n.el.isConnected),s=!t.some(n=>n.el.isConnected);if(e===this.there&&s===this.left)return;let i=e&&
!this.there;[this.there,this.left]=[e,s],!(e&&!i)&&(this.heardAt=this.freshAt=v(),this.tell(e?{type:"ready",have:this.have()}:
{type:"away",left:s}))}watch(){if(this.look(),!this.there)return;let t=v()-this.heardAt;t>(this.frame?.moving?1:4)&&v()-
this.pingedAt>=1&&(this.pingedAt=v(),this.tell({type:"ping",have:this.have()}));for(let e of this.views)e.silent?.(t>8||
this.gone?t:0,this.gone)}receive(t,e=[]){if(this.heardAt=v(),t.type==="hello"){let{page:i,t:n,time:a}=t;i===this.page&&(this.
high=Math.min(this.high,a-n));return}let s=yt(t,e);if(t.type==="frame"){this.low=Math.max(this.low,s.time-v());let i=s.heard[this.
page];i&&(this.high=Math.min(this.high,i[1]-i[0])),this.low>this.high&&([this.low,this.high]=[s.time-v(),1/0]);let n=this.
waiting!==null;this.waiting=s,n||requestAnimationFrame(()=>this.paint())}else if(t.retained){this.kept[t.type]=s;for(let i of this.
views)i.retained?.(t.type,s)}else for(let i of this.views)i.message?.(s,e)}age(t){let e=Number.isFinite(this.high)?(this.
low+this.high)/2:this.low;return Math.max(0,v()+e-t.time)}paint(){let t=this.waiting;if(this.waiting=null,!t||!this.there)
return;let e=v(),s=this.age(t),i=s>Lt,n=i&&e-this.freshAt<ve;if(!n){i||(this.freshAt=e),this.frame=t,this.drawnAge=s;for(let a of this.
views)try{a.draw(t),a.late?.(i?s:0)}catch(h){console.error("ame_explore: a view could not be drawn",h)}this.drawMs=1e3*(v()-
e)}this.oldest=Math.max(this.oldest,n?0:s),!(!t.ask&&!n)&&(this.tell({type:"ack",n:t.n,age_ms:1e3*(n?s:this.oldest),stale:n}),
this.oldest=0)}};function Ot(o){return()=>{let t;return{initialize({model:e}){return t=new vt(e),()=>t.close()},render({
el:e}){let s=o(t,e),i=t.mount(s);return()=>{i(),s.close?.()}}}}}var Y=null;function V(o){Y?Y.push(o):o()}function Bt(o){let t=Y,e=Y=[];try{o()}finally{Y=t}for(let s of e)s()}var kt=new WeakMap,
Ft;function q(o){Ft??=new ResizeObserver(h=>{for(let{target:c}of h)kt.set(c,[c.clientWidth,c.clientHeight]),c.dispatchEvent(
new Event("ame-size",{bubbles:!0}))});let t=Math.min(2,window.devicePixelRatio||1),e=kt.get(o);e||(Ft.observe(o),kt.set(
o,e=[o.clientWidth,o.clientHeight]));let[s,i]=e,[n,a]=[Math.round(s*t),Math.round(i*t)];return(o.width!==n||o.height!==a)&&
(o.width=n,o.height=a),{width:s,height:i,scale:t}}function I(o,t){return o.getContext("2d",t)}var xe=new Set(["svg","path"]),_t={text:"textContent",value:"value",checked:"checked"};function r(o,t={},...e){let s=xe.
has(o)?"http://www.w3.org/2000/svg":"http://www.w3.org/1999/xhtml",i=document.createElementNS(s,o);i.append(...e.flat(1/0).
filter(n=>n!=null&&n!==!1));for(let[n,a]of Object.entries(t))a==null||a===!1||(n.startsWith("on")?i.addEventListener(n.slice(
2),a):n in _t?i[_t[n]]=a:i.setAttribute(n,a===!0?"":String(a)));return i}function y(o,t){o.textContent!==t&&(o.textContent=
t)}function M(o,t){o.hidden===t&&(o.hidden=!t)}function z(){let o=document.body.dataset.jpThemeLight;return o!==void 0?o===
"false":document.body.classList.contains("vscode-dark")}var Me=0,G=()=>`ame-${Math.random().toString(36).slice(2,9)}-${Me+=
1}`;var xt=o=>o.replaceAll("-","−");function Rt(o,t=3,{signed:e=!1,fine:s=!1}={}){if(typeof o!="number"||!Number.isFinite(
o))return"–";let i;return s&&o!==0&&Math.abs(o)<.1?i=Math.floor(Math.log10(Number(Math.abs(o).toPrecision(2))))<-4?o.toExponential(
1).replace(/e([+-])(\d)$/,"e$10$2"):o.toPrecision(2):i=s&&o===0?"0.0":o.toFixed(t||(Number.isInteger(o)?0:1)),Number(i)===
0?i.replace("-",""):(t===0&&!s&&(i=i.replace(/\B(?=(\d{3})+($|\.))/g,",")),xt(e&&o>0?`+${i}`:i))}function Se(o,t=3,{signed:e=!1}={}){
if(typeof o!="number"||!Number.isFinite(o))return"–";if(o===0)return"0";let[s,i]=o.toExponential(t-1).split("e"),n=t-1-
Number(i),a=n>=-3&&n<=t+2?o.toFixed(Math.max(n,0)):`${s}e${Number(i)}`;return xt(e&&o>0?`+${a}`:a)}function $(o){return o==
null||o===""?"–":typeof o!="number"?String(o):Number.isInteger(o)&&Math.abs(o)<1e6?xt(String(o)):Se(o)}var qt=o=>o.toExponential(
0).replace("e+","e").replaceAll("-","−");function Mt(o,t){let e=t.length>1?Math.abs(t[1]-t[0]):Math.abs(o)||1;return o!==
0&&(Math.abs(o)<.001||Math.abs(o)>=1e4)?qt(o):o.toFixed(Math.max(0,Math.min(4,-Math.floor(Math.log10(e)+1e-9)))).replace(
"-","−")}var zt=o=>o>=.001&&o<1e4?String(Number(o.toPrecision(1))):qt(o),X=o=>o===null?"default":o===!0?"on":o===!1?"o\
ff":String(typeof o=="number"?Number(o.toPrecision(4)):o);var Kt=["#0072B2","#D55E00","#009E73","#CC79A7","#56B4E9","#E69F00"],Ae=["#5AB0EE","#FF8F45","#3CC79B","#E39BC4","#9BD3F\
5","#F0B93A"],Wt=[[],[6,3],[2,2.5],[7,3,2,3],[12,4],[12,3,3,3]],jt=["circle","diamond","square","triangle","x","cross"],
P=o=>(z()?Ae:Kt)[o%Kt.length],Q=o=>Wt[o%Wt.length],Z=o=>jt[o%jt.length],Ht=new Set(["ame","share.ame"]);var Ut=["circle","diamond","square","triangle","cross","triangle-down","pentagon","bar","hexagon","x"],Yt=o=>Ut[o%Ut.length];
function Te(o,t,e,s,i){let n=l=>{o.beginPath(),l.forEach(([m,d],p)=>o[p?"lineTo":"moveTo"](e+m*i,s+d*i)),o.closePath()},
a=(l,m,d=1)=>Array.from({length:l},(p,u)=>{let g=m+2*Math.PI*u/l;return[d*Math.cos(g),d*Math.sin(g)]}),h=l=>[[-l,-1],[l,
-1],[l,-l],[1,-l],[1,l],[l,l],[l,1],[-l,1],[-l,l],[-1,l],[-1,-l],[-l,-l]];t==="circle"?(o.beginPath(),o.arc(e,s,.92*i,0,
2*Math.PI)):t==="diamond"?n([[0,-1.1],[.95,0],[0,1.1],[-.95,0]]):t==="square"?n([[-.82,-.82],[.82,-.82],[.82,.82],[-.82,
.82]]):t==="triangle"?n(a(3,-Math.PI/2,1.15)):t==="triangle-down"?n(a(3,Math.PI/2,1.15)):t==="cross"?n(h(.38)):t==="x"?n(
(l=>l.map(([m,d])=>[(m-d)*Math.SQRT1_2,(m+d)*Math.SQRT1_2]))(h(.36))):t==="pentagon"?n(a(5,-Math.PI/2,1.05)):t==="hexago\
n"?n(a(6,0,1.05)):t==="bar"?n([[-1.05,-.5],[1.05,-.5],[1.05,.5],[-1.05,.5]]):t==="star"&&n(Array.from({length:10},(l,m)=>{
let d=-Math.PI/2+Math.PI*m/5,p=m%2?.48:1.15;return[p*Math.cos(d),p*Math.sin(d)]}))}var Ee={cross:[[-1,0,1,0],[0,-1,0,1]],
x:[[-.8,-.8,.8,.8],[-.8,.8,.8,-.8]]};function L(o,{shape:t,color:e,filled:s,halo:i,inside:n,edge:a=.55},h,c,l){let m=Ee[t];
if(!s&&m){o.lineCap="round";for(let{style:d,width:p}of[{style:i,width:(.2+a)*l},{style:e,width:Math.max(1.2,.32*l)}])if(d){
o.strokeStyle=d,o.lineWidth=p,o.beginPath();for(let[u,g,f,w]of m)o.moveTo(h+u*l,c+g*l),o.lineTo(h+f*l,c+w*l);o.stroke()}
return}Te(o,t,h,c,l),i&&(o.lineWidth=a*l,o.strokeStyle=i,o.stroke()),s?(o.fillStyle=e,o.fill()):(o.fillStyle=n||i||"tran\
sparent",o.fill(),o.lineWidth=Math.max(1.2,.36*l),o.strokeStyle=e,o.stroke())}function St(o,t,e=1){let s=Math.ceil(t*1.6)+
1,i=2*s+1,n=document.createElement("canvas");n.width=n.height=i;let a=I(n,{willReadFrequently:!0});L(a,o,s+.5,s+.5,t);let{
data:h}=a.getImageData(0,0,i,i),c=[],l=[],m=[],d=[],p=[];for(let u=0;u<i*i;u++){let g=Math.round(h[4*u+3]/255*32*e);g&&(c.
push(u%i-s),l.push(Math.floor(u/i)-s),m.push(h[4*u]|h[4*u+2]<<16),d.push(h[4*u+1]<<8),p.push(g))}return{half:s,dx:Int32Array.
from(c),dy:Int32Array.from(l),rb:Int32Array.from(m),g:Int32Array.from(d),a:Int32Array.from(p)}}function At(o,t,e,s,i,n){
let{half:a,dx:h,dy:c,rb:l,g:m,a:d}=s,p=Math.round(i),u=Math.round(n);if(p<a||u<a||p>=t-a||u>=e-a)return;let g=u*t+p;for(let f=0;f<
d.length;f++){let w=g+c[f]*t+h[f],E=o[w],k=32-d[f],b=(E&16711935)*k+l[f]*d[f]>>>5&16711935,A=(E&65280)*k+m[f]*d[f]>>>5&65280;
o[w]=4278190080|b|A}}function Xt(o){let t=document.createElement("canvas");t.width=t.height=1;let e=I(t);return e.fillStyle=
o,e.fillRect(0,0,1,1),e.getImageData(0,0,1,1).data}var O={},Jt=o=>Object.assign(O,o);function Tt(o,t){let e=O[o];return e?Rt(t,e.decimals,{fine:e.fine}):$(t)}function Vt(o,t,e){let s=t-o;if(!(s>0))return[o];let i=s/e,n=10**Math.floor(Math.log10(i)),a=n*[1,2,5,10].find(c=>c*n>=i*
.999),h=[];for(let c=Math.ceil(o/a-1e-9)+0;c*a<=t+1e-9*s;c++)h.push(c*a);return h}function Gt(o,t){let e=[];for(let i=Math.
floor(Math.log10(o));i<=Math.ceil(Math.log10(t));i++)for(let n of t/o>1e4?[1]:[1,3])e.push(n*10**i);let s=e.filter(i=>i>=
o&&i<=t);return s.length>5?s.filter((i,n)=>n%2===0):s}function Qt(o){let[t,e]=[1/0,-1/0];for(let i of o)for(let n=0;n<i.
length;n++)Number.isFinite(i[n])&&(t=Math.min(t,i[n]),e=Math.max(e,i[n]));if(t>e)return{low:0,high:1,log:!1};if(t>0&&e/t>
30)return{low:t/1.2,high:e*1.2,log:!0};let s=(e-t)*.08||Math.abs(e)*.05||.5;return{low:t>=0&&t<.35*e?0:t-s,high:e+s,log:!1}}
function K(o,t){let e=0,s=o.length;for(;e<s;){let i=e+s>>1;o[i]<=t?e=i+1:s=i}return e-1}function Et(o,t){if(!o.length)return t;
let e=K(o,t),s=o[Math.max(0,e)],i=o[Math.min(o.length-1,e+1)];return t-s<=i-t?s:i}function Zt(o,t,e){let s=Et(o,e);if(Math.
abs(e-t)!==1||s!==t)return s;let i=o.indexOf(t)+Math.sign(e-t);return o[Math.max(0,Math.min(o.length-1,i))]??s}function te(o,t){
let e=[];for(let s=0,i=0;s<o.x.length&&i<t.x.length;)if(o.x[s]===t.x[i]){let n=t.y[i]-o.y[s];Number.isFinite(n)&&e.push(
[o.x[s],n]),s++,i++}else o.x[s]<t.x[i]?s++:i++;return e}function tt(o,t,e){let s=r("div",{class:"ame-table-box",hidden:!0,tabindex:"0",role:"region","data-testid":`table-${o}`,
"aria-label":`${t}: the data`}),i=r("button",{class:"ame-quiet",type:"button","aria-expanded":"false","aria-label":`${t}\
: show the data as a table`,title:"Show the data as a table","data-testid":`table-toggle-${o}`},"▦"),n=0,a=()=>{let{columns:c,
rows:l}=e();s.replaceChildren(r("table",{},r("thead",{},r("tr",{},c.map(m=>r("th",{scope:"col"},m)))),r("tbody",{},l.map(
m=>r("tr",{},m.map(d=>r("td",{},$(d))))))))},h=()=>{s.hidden||v()-n<.5||(n=v(),a())};return i.addEventListener("click",()=>{
s.hidden=!s.hidden,i.setAttribute("aria-expanded",String(!s.hidden)),s.hidden||a()}),{button:i,box:s,update:h}}var $e=30,et=class{constructor(t,e){let s=O[e];this.lab=t,this.term=e,this.label=s?.short??e.replaceAll("_"," "),this.unit=
s?.unit??"",this.range=s?.limits,this.at=null,this.steps=1,this.saidAt=0,this.box=null,this.values=r("span",{class:"ame-\
values"}),this.canvas=r("canvas",{class:"ame-line",role:"img",tabindex:"0","data-testid":`chart-${e}`}),this.table=tt(e,
this.label,()=>this.rows()),this.el=r("div",{class:"ame-chart","data-term":e},r("div",{class:"ame-chart-head"},r("h5",{title:s?.
definition||this.label},this.label),this.table.button),r("div",{class:"ame-readout"},this.values,this.unit?r("small",{},
this.unit):null),this.canvas,this.table.box),this.canvas.addEventListener("pointermove",i=>this.point(i.offsetX)),this.canvas.
addEventListener("pointerleave",()=>this.point(null)),this.canvas.addEventListener("click",i=>this.box&&this.lab.scrubTo(
Math.round(this.stepAt(i.offsetX,this.box))))}stepAt(t,{left:e,right:s}){return Math.max(0,Math.min(1,(t-e)/(s-e)))*this.
steps}point(t){this.box&&(this.at=t===null?null:this.stepAt(t,this.box),this.lab.chartCursor(this.at))}lines(t){return t.
arms.map((e,s)=>({arm:e,index:s,series:e.series[this.term]})).filter(({series:e})=>e?.x.length)}draw(t,e=this.at){let s=this.
lines(t);if(M(this.el,s.length>0),!s.length)return;this.steps=Math.max(1,t.steps);let i=e??t.scrubbed;this.readout(s,i,t),
V(()=>this.paint(s,i)),this.table.update()}readout(t,e,s){let i=t.map(({arm:a,index:h,series:c})=>{let l=e===null?c.x.length-
1:K(c.x,e),m=l>=0&&Ie(a,c.x[l],e);return{index:h,name:a.name,value:l<0||m?null:c.y[l],old:m?c.x[l]:null}});for(;this.values.
children.length>i.length;)this.values.lastChild?.remove();for(;this.values.children.length<i.length;)this.values.append(
r("span",{class:"ame-value"},r("i",{}),r("b",{})));i.forEach(({index:a,name:h,value:c,old:l},m)=>{let d=this.values.children[m],
[p,u]=d.children;p.style.background=P(a),d.title=l===null?h:`${h}: not measured since step ${l}`,y(u,Tt(this.term,c))});
let n=`${this.label}${this.unit?` in ${this.unit}`:""}: `+i.map(({name:a,value:h})=>`${a} ${Tt(this.term,h)}`).join(", ")+
` at step ${Math.round(e??s.step)}`;(v()-this.saidAt>1||s.state!=="playing")&&(this.saidAt=v(),this.canvas.setAttribute(
"aria-label",n))}paint(t,e){let{width:s,height:i,scale:n}=q(this.canvas);if(!s||!i)return;let{ink:a}=this.lab,h=I(this.canvas);
h.setTransform(n,0,0,n,0,0),h.clearRect(0,0,s,i);let c=t.length>1&&!Ht.has(this.term),l=c?$e:0,{low:m,high:d,log:p}=this.
range?{low:this.range[0],high:this.range[1],log:!1}:Qt(t.map(({series:x})=>x.y)),u=p?Gt(m,d):Vt(m,d,3),g=u.map(x=>p?zt(x):
Mt(x,u)),f=c?te(t[0].series,t[1].series):[],w=Math.max(...f.map(([,x])=>Math.abs(x)),1e-12),E=f.length&&w>1e-12?`±${Mt(
w,[0,w/2])}`:"0";h.font=`12px ${a.font}`;let k=Math.max(...[...g,c?E:""].map(x=>h.measureText(x).width)),b={left:Math.max(
40,Math.ceil(k)+7),right:s-8,top:5,bottom:i-16-l};this.box=b;let A=p?Math.log10:x=>x,S=x=>b.left+(b.right-b.left)*x/this.
steps,D=x=>b.bottom-(b.bottom-b.top)*(A(x)-A(m))/(A(d)-A(m));h.textBaseline="middle",h.lineWidth=1,h.textAlign="right";for(let[
x,_]of u.entries()){let R=Math.round(D(_))+.5;h.strokeStyle=a.grid,h.beginPath(),h.moveTo(b.left,R),h.lineTo(b.right,R),
h.stroke(),h.fillStyle=a.muted,h.fillText(g[x],b.left-5,R)}let C=this.lab.scene?.chance[this.term];C!==void 0&&C>m&&C<d&&
this.level(h,b,D(C),"chance",a),h.textBaseline="alphabetic",h.fillStyle=a.muted,h.textAlign="left",h.fillText("0",b.left,
i-3),h.textAlign="right",h.fillText(`${this.steps} steps`,b.right,i-3),h.lineJoin="round";for(let x of t)this.turned(h,x,
S,b);for(let x of t)this.curve(h,x,S,D,b,p);c&&this.difference(h,f,w,E,P(t[1].index),S,{...b,top:b.bottom+4,bottom:b.bottom+
l},a),e!==null&&(h.strokeStyle=a.text,h.globalAlpha=.5,h.beginPath(),h.moveTo(Math.round(S(e))+.5,b.top),h.lineTo(Math.round(
S(e))+.5,i-16),h.stroke(),h.globalAlpha=1)}curve(t,{arm:e,index:s,series:i},n,a,h,c){let{ink:l}=this.lab,m=f=>Number.isFinite(
f)&&!(c&&f<=0),d=f=>Math.max(h.top,Math.min(h.bottom,a(f))),p=O[this.term]?.per_reading?e.turns.filter(({redefines:f})=>f).
map(({step:f})=>f):[];t.setLineDash(Q(s)),t.strokeStyle=P(s),t.lineWidth=1.8,t.beginPath();let u=!1;for(let f=0;f<i.x.length;f++){
if(!m(i.y[f])){u=!1;continue}f&&p.some(w=>i.x[f-1]<=w&&w<i.x[f])&&(u=!1),t[u?"lineTo":"moveTo"](n(i.x[f]),d(i.y[f])),u=!0}
t.stroke(),t.setLineDash([]);let g=i.x.length-1;if(m(i.y[g])&&L(t,{shape:Z(s),color:P(s),filled:!0,halo:l.card},n(i.x[g]),
d(i.y[g]),4),e.parent!==null&&e.fork_step){let f=K(i.x,e.fork_step);f>=0&&L(t,{shape:"diamond",color:l.text,filled:!1,halo:l.
card},n(i.x[f]),a(i.y[f]),3.5)}}turned(t,{arm:e,index:s},i,n){let a=new Set(e.turns.map(({step:h})=>h).filter(h=>h>0));if(a.
size){t.strokeStyle=P(s),t.globalAlpha=.75,t.setLineDash([1.5,3]),t.beginPath();for(let h of a){let c=Math.round(i(h))+.5;
t.moveTo(c,n.top),t.lineTo(c,n.bottom)}t.stroke(),t.setLineDash([]),t.globalAlpha=1}}level(t,e,s,i,n){t.strokeStyle=n.muted,
t.setLineDash([2,3]),t.beginPath(),t.moveTo(e.left,s),t.lineTo(e.right,s),t.stroke(),t.setLineDash([]),t.textAlign="righ\
t",t.textBaseline="bottom",t.fillStyle=n.muted,t.lineWidth=3,t.strokeStyle=n.card,t.strokeText(i,e.right,s-1),t.fillText(
i,e.right,s-1),t.lineWidth=1}difference(t,e,s,i,n,a,h,c){let l=(h.top+h.bottom)/2,m=(h.bottom-h.top)/2-2;t.fillStyle=c.soft,
t.fillRect(h.left,h.top,h.right-h.left,h.bottom-h.top),t.fillStyle=n,t.globalAlpha=.75,t.beginPath(),e.forEach(([d,p],u)=>{
u||t.moveTo(a(d),l),t.lineTo(a(d),l-m*p/s)}),e.length&&t.lineTo(a(e[e.length-1][0]),l),t.fill(),t.globalAlpha=1,t.strokeStyle=
c.muted,t.lineWidth=1,t.beginPath(),t.moveTo(h.left,Math.round(l)+.5),t.lineTo(h.right,Math.round(l)+.5),t.stroke(),t.fillStyle=
c.muted,t.textAlign="right",t.textBaseline="middle",t.fillText(i,h.left-5,l)}rows(){let t=this.lines(this.lab.frame),e=[
...new Set(t.flatMap(({series:a})=>[...a.x]))].sort((a,h)=>a-h),s=e.length>120?e.filter((a,h)=>h%Math.ceil(e.length/120)===
0||h===e.length-1):e,i=t.map(({series:a})=>new Map([...a.x].map((h,c)=>[h,a.y[c]]))),n=["step",...t.map(({arm:a})=>a.name)];
return t.length>1&&n.push(`${n[2]} − ${n[1]}`),{columns:n,rows:s.map(a=>{let h=i.map(l=>l.get(a)??null),c=h[0]===null||
h[1]===null?null:h[1]-h[0];return t.length>1?[a,...h,c]:[a,...h]}).reverse()}}};function Ie(o,t,e){let s=o.series.harmonic_mean?.
x,i=s?.length?e===null?s.length-1:K(s,e):-1;return i>=0&&t<s[i]}var ee={n:0,state:"waiting",error:null,note:null,progress:null,step:0,steps:0,epoch:0,steps_per_epoch:null,speed:null,scrubbed:null,
recorded_steps:[],arms:[],dials:[],delta:{columns:[],rows:[]},diagnosis:[],breaks:[],prediction:null,selection:[],said:[],
show:null,locked:[],explained:"",caption:null,to_lose:""},W=o=>o.scrubbed!==null,F=o=>o.scrubbed??o.step,N=class{#t="";isNew(t){
let e=JSON.stringify(t);return e===this.#t?!1:(this.#t=e,!0)}forget(){this.#t=""}};var se={accuracy:"Accuracy on test images",entropy:"Entropy, and how strongly AME pulls",loss:"Losses"},st=class{constructor(t){
this.lab=t,this.charts=new Map,this.arms=new N,this.drawnAt=0,this.key=r("ul",{class:"ame-legend","aria-label":"Arms"}),
this.hint=r("span",{class:"ame-muted"});let e=i=>{let n=r("div",{class:"ame-chart-row"});return{row:n,box:r("section",{class:"\
ame-chart-group",hidden:!0,"aria-label":se[i]},r("h4",{},se[i]),n)}},s=r("div",{class:"ame-chart-row"});this.groups={accuracy:e(
"accuracy"),entropy:e("entropy"),loss:e("loss"),"":{row:s,box:r("details",{class:"ame-chart-group ame-later",hidden:!0,ontoggle:()=>t.
again()},r("summary",{},"More curves"),s)}},this.el=r("section",{class:"ame-card ame-charts","aria-label":"Curves"},r("h\
eader",{},r("h3",{},"Curves"),this.key,r("span",{class:"ame-push"}),this.hint),r("div",{class:"ame-groups"},Object.values(
this.groups).map(({box:i})=>i)));for(let[i,{group:n}]of Object.entries(O))n&&this.add(i)}add(t){let e=new et(this.lab,t);
this.charts.set(t,e),this.groups[O[t]?.group??""].row.append(e.el)}draw(t,e=null){let{arms:s}=t;for(let i of s)for(let n of Object.
keys(i.series))this.charts.has(n)||this.add(n);if(this.arms.isNew([z(),s.map(i=>i.name)])&&(this.key.replaceChildren(...s.
map((i,n)=>{let a=r("canvas",{width:60,height:24,class:"ame-key","aria-hidden":"true"}),h=I(a);return h.strokeStyle=P(n),
h.lineWidth=4,h.setLineDash(Q(n).map(c=>2*c)),h.beginPath(),h.moveTo(2,12),h.lineTo(58,12),h.stroke(),L(h,{shape:Z(n),color:P(
n),filled:!0},30,12,7),r("li",{title:i.label},a,i.name)})),y(this.hint,s.length>1?`shaded below each: ${s[1].name} − ${s[0].
name}`:"")),!(t.state==="playing"&&e===null&&this.lab.cursor===null&&v()-this.drawnAt<.45)){this.drawnAt=v();for(let i of this.
charts.values())i.draw(t,e);for(let{box:i,row:n}of Object.values(this.groups))M(i,[...n.children].some(a=>!a.hidden))}}};function ie({low:o,high:t,scale:e,whole:s,step:i,value:n}){let a=o??0,h=t??Math.max(1,2*(typeof n=="number"?n:1)),c=i??(s?
1:null),l=e==="log",m=l&&a<=0?30:0,d=a>0?a:h/10**4,p=c!==null&&!l?Math.round((h-a)/c):1e3,u=k=>Math.max(a,Math.min(h,k)),
g=k=>{let b=c===null?Number(k.toPrecision(l?2:3)):a+Math.round((k-a)/c)*c;return u(s?Math.round(b):Number(b.toPrecision(
12)))},f=k=>l?m&&k<=0?0:m+(p-m)*Math.log(Math.max(k,d)/d)/Math.log(h/d):p*(k-a)/(h-a),w=k=>l?k<m/2?0:g(d*Math.exp(Math.max(
0,k-m)/(p-m)*Math.log(h/d))):g(a+(h-a)*k/p);return{low:a,last:p,toSlider:f,fromSlider:w,nudge:(k,b)=>c!==null?g(k+b*c):u(
w(Math.max(0,Math.min(p,f(k)+b*p/40)))),box:c??"any"}}var it=class{constructor(t){this.lab=t,this.nodes=new Map,this.names=new N,this.shape=new N,this.arm=r("select",{"data-t\
estid":"dial-arm","aria-label":"Which arms the dials turn",title:"AME's dials (ω, reading, temperature of H) turn the ar\
ms with AME; the others turn all arms",onchange:()=>this.draw(t.frame)}),this.armRow=r("label",{class:"ame-for",hidden:!0},
"for ",this.arm),this.live=r("div",{class:"ame-dial-list"}),this.later=r("div",{class:"ame-dial-list"}),this.laterBox=r(
"details",{class:"ame-later"},r("summary",{},"Takes effect at reset"),this.later),this.el=r("section",{class:"ame-card a\
me-dials","aria-label":"Dials"},r("header",{},r("h3",{},"Dials"),r("span",{class:"ame-push"}),this.armRow),this.live,this.
laterBox)}draw({arms:t,dials:e}){if(this.names.isNew(t.map(i=>[i.name,i.label]))){let i=this.arm.value;this.arm.replaceChildren(
r("option",{value:""},"all relevant"),...t.map(n=>r("option",{value:n.name,title:n.label},n.name))),this.arm.value=t.some(
n=>n.name===i)?i:"",M(this.armRow,t.length>1)}let s={value:0,values:0,concerns:0,idle:0,pending:0,locked:0};if(this.shape.
isNew(e.map(i=>({...i,...s})))){this.nodes=new Map(e.map(n=>[n.field,new $t(this,n)]));let i=n=>[...this.nodes.values()].
filter(({dial:a})=>a.steerable===n).map(({el:a})=>a);this.live.replaceChildren(...i(!0)),this.later.replaceChildren(...i(
!1)),M(this.laterBox,e.some(n=>!n.steerable))}for(let i of e)this.nodes.get(i.field)?.draw(i,this.arm.value||null)}set(t,e){
this.lab.command("set",{field:t,value:e,arm:this.arm.value||null})}},ne=.8,$t=class{constructor(t,e){this.owner=t,this.dial=
e,this.touched=-1/0,this.typing=!1,this.drawn=new N,this.value=e.value,this.own=e.value,this.scale=ie(e),this.send=J(n=>t.
set(e.field,n),120);let s=G(),i={id:s,"data-testid":`dial-${e.field}`,"aria-describedby":e.help?`${s}-help`:null};this.values=
r("span",{class:"ame-dial-values"}),this.slider=null,this.input=e.kind==="number"?this.box(i):e.kind==="choice"?this.choice(
i):this.switch(i),e.kind==="number"&&(this.slider=this.makeSlider()),this.el=r("div",{class:`ame-dial ame-dial-${e.kind}`,
title:e.locked?"Locked by the author of this lab":e.help},r("label",{for:s,class:"ame-dial-label",title:e.help},e.label),
this.slider?r("span",{class:"ame-number"},this.slider,this.input):this.input,this.values,e.help&&r("span",{class:"ame-he\
lp",id:`${s}-help`},e.help))}choice(t){let e=r("select",{...t,onchange:()=>this.turn(JSON.parse(e.value))},this.dial.choices.
map(s=>r("option",{value:JSON.stringify(s)},X(s))));return e}switch(t){return r("button",{...t,type:"button",role:"switc\
h",class:"ame-switch",onclick:()=>this.turn(!this.value)})}box(t){let{dial:e}=this,s=r("input",{...t,type:"number",min:e.
low,max:e.high,step:this.scale.box,oninput:()=>this.typing=!0,onblur:()=>{this.typing=!1,this.owner.lab.again()},onchange:()=>{
if(this.typing=!1,s.value===""&&!e.optional)return this.show(this.own);this.turn(s.value===""?null:Number(s.value))}});return s}makeSlider(){
let t=r("input",{type:"range",min:0,max:this.scale.last,step:1,"aria-label":`${this.dial.label}, slider`,oninput:()=>this.
turn(this.scale.fromSlider(Number(t.value)),!0),onkeydown:e=>this.nudge(e)});return t}nudge(t){let s={ArrowRight:1,ArrowUp:1,
ArrowLeft:-1,ArrowDown:-1}[t.key];if(!s)return;t.preventDefault();let i=typeof this.value=="number"?this.value:this.scale.
low,n=this.scale.nudge(i,s);n!==i&&this.turn(n)}turn(t,e=!1){this.touched=v(),this.drawn.forget(),this.show(t,e),this.send(
t),setTimeout(()=>this.owner.lab.again(),1e3*ne+100)}show(t,e=!1){let{input:s,slider:i}=this;if(this.value=t,i&&s instanceof
HTMLInputElement){s.value=t===null?"":String(Number(Number(t).toPrecision(6)));let n=this.dial.none||"default";s.placeholder=
t===null?n:$(t),s.title=t===null?n:"",!e&&t!==null&&(i.value=String(this.scale.toSlider(Number(t)))),i.setAttribute("ari\
a-valuetext",t===null?n:`${$(t)} ${this.dial.unit}`.trim())}else s instanceof HTMLSelectElement?s.value=JSON.stringify(t):
(s.setAttribute("aria-checked",String(!!t)),y(s,t?"on":"off"))}draw(t,e){let{lab:s}=this.owner,{values:i}=t;this.dial=t,
this.own=e!==null&&e in i?i[e]:t.value;let n=t.locked||W(s.frame)||s.locked("set")||s.locked(t.field);if(this.input.disabled=
n,this.slider&&(this.slider.disabled=n),this.el.classList.toggle("ame-pending",t.pending),this.typing||v()-this.touched<
ne||!this.drawn.isNew([this.own,i,e,t.idle]))return;let a=e===null?t.concerns.map(l=>({name:l,value:i[l]})):[],h=a.some(
({value:l})=>l!==a[0].value);this.show(this.own),h&&this.slider&&this.input instanceof HTMLInputElement&&(this.input.value=
"",this.input.placeholder="differs",this.slider.value=String(this.scale.toSlider(Number(a[a.length-1].value??this.scale.
low))),this.slider.setAttribute("aria-valuetext","differs between arms"));let c=h?a.map(({name:l,value:m})=>`${l}: ${X(m)}`):
[];y(this.values,[...c,...t.idle?[`no effect: ${t.idle}`]:[]].join(" · "))}},nt=class{constructor(t){this.lab=t,this.nodes=
new Map,this.shape=new N,this.list=r("div",{class:"ame-break-list"}),this.el=r("section",{class:"ame-card ame-breaks","a\
ria-label":"Break it"},r("header",{},r("h3",{},"Break it"),r("span",{class:"ame-muted"},"and read the diagnosis")),this.
list)}draw(t){let{breaks:e}=t;M(this.el,e.length>0),this.shape.isNew(e.map(s=>s.switch))&&(this.nodes=new Map(e.map(s=>{
let i=r("button",{type:"button",role:"switch",class:"ame-break",title:s.help,"data-testid":`break-${s.switch}`,onclick:()=>this.
turn(s,i.getAttribute("aria-checked")!=="true")},r("i",{"aria-hidden":"true"}),r("span",{},s.label,s.help&&r("small",{},
s.help)));return[s.switch,i]})),this.list.replaceChildren(...this.nodes.values()));for(let s of e){let i=this.nodes.get(
s.switch);i.setAttribute("aria-checked",String(s.on)),i.disabled=W(t)||this.lab.locked("break")}}turn({switch:t,resets:e},s){
let i=()=>this.lab.command("break",{switch:t,on:s});e?this.lab.anew(i):i()}};var j=({k:o,x0:t,y0:e},s,i)=>[s*o+t,e-i*o],re=({k:o,x0:t,y0:e},s,i)=>[(s-t)/o,(e-i)/o];function he(o,{k:t,x0:e,y0:s},i,n,a=12){
let h=a*a,c=null;for(let l=0;l<o.length/2;l++){let m=o[2*l]*t+e-i,d=s-o[2*l+1]*t-n,p=m*m+d*d;p<h&&([h,c]=[p,l])}return c}
function le(o,t,e){let s=!1;for(let i=0,n=o.length-1;i<o.length;n=i++){let[a,h]=o[i],[c,l]=o[n];h>e!=l>e&&t<(c-a)*(e-h)/
(l-h)+a&&(s=!s)}return s}function ce(o){let[t,e,s,i]=[1/0,-1/0,1/0,-1/0];for(let n of o)for(let a=0;a<n.length;a+=2)t=Math.
min(t,n[a]),e=Math.max(e,n[a]),s=Math.min(s,n[a+1]),i=Math.max(i,n[a+1]);return t<e?[t,e,s,i]:null}var ae=18,oe=16;function It(o,t,e=[]){
return e.push(...o.map(({x:s,y:i,side:n=ae})=>[s-n/2,i-n/2,n,n])),o.map(({x:s,y:i,width:n,side:a=ae})=>{let h=a/2,c=[[h+
3,0],[-h-3-n,0],[-n/2,-h-8],[-n/2,h+8],[h+1,-h-5],[h+1,h+5],[-h-1-n,-h-5],[-h-1-n,h+5]],l=([d,p])=>[s+d-2,i+p-oe/2,n+4,oe],
m=c.find(d=>{let[p,u,g,f]=l(d);return p>0&&u>0&&p+g<t.width&&u+f<t.height&&!e.some(w=>p<w[0]+w[2]&&w[0]<p+g&&u<w[1]+w[3]&&
w[1]<u+f)});return m&&e.push(l(m)),m??null})}var Ne=2e3,Ce=[8,10,12,14,17,20,24,29,34,40,48],Pe=1.3,De=28,Le=1<<23,Oe=16;function de({width:o,height:t},e,s,i){if(s>Ne||
!(i>0))return 0;let n=Math.min(De,Pe*Math.sqrt(o*t/Math.max(1,e)))*Math.sqrt(i);return Ce.findLast(a=>a<=n)??0}function me(o,{
k:t,x0:e,y0:s},{width:i,height:n}){let a=0;for(let h=0;h<o.length;h+=2){let c=o[h]*t+e,l=s-o[h+1]*t;c>=0&&l>=0&&c<=i&&l<=
n&&a++}return a}function Ct(o,t,e,s,i,n,a,h=32){let{side:c}=s,l=Math.round(n-c/2),m=Math.round(a-c/2),[d,p]=[Math.max(0,
-l),Math.min(c,t-l)],[u,g]=[Math.max(0,-m),Math.min(c,e-m)],f=Math.floor(i/s.columns)*c*s.width+i%s.columns*c;for(let w=u;w<
g;w++){let E=f+w*s.width,k=(m+w)*t+l;for(let b=d;b<p;b++){let A=s.pixels[E+b],S=A>>>24===255?h:((A>>>24)*h+127)/255|0;if(S===
32)o[k+b]=A;else if(S){let D=o[k+b],C=(D&16711935)*(32-S)+(A&16711935)*S>>>5&16711935,x=(D&65280)*(32-S)+(A&65280)*S>>>5&
65280;o[k+b]=4278190080|C|x}}}}function Nt(o,t,e,s){let i=new Path2D;return i.roundRect(t,e,s,s,s*(o.filled?.16:.5)),i}var at=class o{constructor(t,{
count:e,columns:s,width:i,height:n}){this.image=t,this.count=e,this.columns=s,this.width=i,this.height=n}static async load(t){
let e=t.file;return new o(await createImageBitmap(new Blob([e],{type:"image/webp"})),t)}fill(t,e){t.width=this.width,t.height=
this.height,this.draw(I(t),e,0,0,this.width,this.height)}draw(t,e,s,i,n,a){t.imageSmoothingEnabled=Math.min(this.width,this.
height)>=Oe,t.imageSmoothingQuality="high";let[h,c]=[e%this.columns*this.width,Math.floor(e/this.columns)*this.height];t.
drawImage(this.image,h,c,this.width,this.height,s,i,n,a)}tile(t,e,s,i,n,a,h){let c=s.halo?h:0;t.save(),s.halo&&(t.fillStyle=
s.halo,t.fill(Nt(s,i,n,a))),t.fillStyle=s.color,t.fill(Nt(s,i+c,n+c,a-2*c));let l=c+h;t.clip(Nt(s,i+l,n+l,a-2*l)),this.draw(
t,e,i+l,n+l,a-2*l,a-2*l),t.restore()}sheet(t,e,s){let i=Math.floor(Math.sqrt(Le/(this.columns*Math.ceil(this.count/this.
columns)))),n=Math.max(1,Math.min(t,i)),a=document.createElement("canvas");a.width=n*this.columns,a.height=n*Math.ceil(this.
count/this.columns);let h=I(a,{willReadFrequently:!0});for(let l=0;l<this.count;l++)this.tile(h,l,e(l),l%this.columns*n,
Math.floor(l/this.columns)*n,n,s);let{data:c}=h.getImageData(0,0,a.width,a.height);return{side:n,columns:this.columns,width:a.
width,pixels:new Uint32Array(c.buffer)}}};var Fe=24,Be=80,_e=20,Re=5,ot=class{constructor(t,e){this.owner=t,this.index=e,this.canvas=r("canvas",{class:"ame-points",
"aria-hidden":"true"}),this.over=r("canvas",{class:"ame-over",tabindex:"0",role:"application","data-testid":`manifold-${e}`}),
this.swatch=r("span",{class:"ame-swatch","aria-hidden":"true"}),this.title=r("span",{class:"ame-name"}),this.figures=r("\
p",{class:"ame-muted ame-figures"}),this.tip=r("div",{class:"ame-tip",hidden:!0,role:"status","data-testid":`tip-${e}`}),
this.thumb=r("canvas",{class:"ame-thumb","aria-hidden":"true"}),this.tipText=r("div",{}),this.tip.append(this.thumb,this.
tipText),this.el=r("div",{class:"ame-pane"},r("h4",{},this.swatch,this.title),this.figures,r("div",{class:"ame-stage"},this.
canvas,this.over,this.tip)),this.shown=null,this.image=null,this.pixels=new Uint32Array,this.lasso=null,this.drag=null,this.
over.addEventListener("pointerdown",s=>this.down(s)),this.over.addEventListener("pointermove",s=>this.move(s)),this.over.
addEventListener("pointerup",s=>this.up(s)),this.over.addEventListener("pointercancel",()=>this.cancel()),this.over.addEventListener(
"pointerleave",()=>!this.drag&&this.owner.hover(this.owner.at=null)),this.over.addEventListener("wheel",s=>this.wheel(s),
{passive:!1}),this.over.addEventListener("keydown",s=>this.key(s))}draw(t,e,s){let i=q(this.canvas);if(q(this.over),!this.
canvas.width||!this.canvas.height)return;let n=Math.min(i.width/s.w,i.height/s.h),a={k:n,x0:i.width/2-s.x*n,y0:i.height/
2+s.y*n},h={arm:t,scene:e,size:i,place:a,side:this.owner.sideFor(i,a,t.manifold?.points??[])};this.shown=h,this.over.dataset.
points=h.side?"images":"dots",this.head(t,e),V(()=>this.paint(h))}paint(t){let{arm:e,scene:s,size:i,place:n,side:a}=t,{k:h,
x0:c,y0:l}=n,{ink:m,pictures:d}=this.owner.lab,{width:p,height:u}=this.canvas,g=I(this.canvas);(!this.image||this.image.
width!==p||this.image.height!==u)&&(this.image=g.createImageData(p,u),this.pixels=new Uint32Array(this.image.data.buffer)),
this.pixels.fill(m.paper32);let f=i.scale,w=e.manifold?.points??[],E=w.length/2,k=f*Math.max(2,Math.min(5.2,Math.round(3*
Math.sqrt(i.width*i.height/Math.max(1,s.ids.length)))/10)),b=this.owner.spritesFor(s,k),{labels:A,ids:S}=s,D=this.owner.
selected,C=D.size>0,x=h*f,_=c*f,R=l*f,we=C?b.dim:b.plain,H=a?this.owner.sheetsFor(s,a,f,C):null,U=H?Math.min(E,d?.count??
0):0;for(let T=U;T<E;T++)At(this.pixels,p,u,we[A[T]],w[2*T]*x+_,R-w[2*T+1]*x);if(H)for(let T=0;T<U;T++)Ct(this.pixels,p,
u,H.plain,T,w[2*T]*x+_,R-w[2*T+1]*x,C?Re:32);if(C)for(let T=0;T<E;T++){if(!D.has(S[T]))continue;let[Pt,Dt]=[w[2*T]*x+_,R-
w[2*T+1]*x];H?.strong&&T<U?Ct(this.pixels,p,u,H.strong,T,Pt,Dt):At(this.pixels,p,u,b.strong[A[T]],Pt,Dt)}if(g.putImageData(
this.image,0,0),!e.manifold)return;g.save(),g.scale(f,f),g.textBaseline="middle",g.lineJoin="round";let ye=this.stars(g,
e.manifold.anchors,t);U&&this.owner.lab.frame.state!=="playing"&&this.captions(g,t,U,ye),g.restore()}stars(t,e,{scene:s,
size:i,place:n}){let{ink:a}=this.owner.lab,h=[];t.font=`600 13px ${a.font}`;let c=e.length>2*Fe?6:i.width<380?7.5:9,m=Array.
from({length:e.length/2},(d,p)=>{let[u,g]=j(n,e[2*p],e[2*p+1]),f=s.short[p]??String(p),w=this.owner.mark(s,p);return L(t,
{...w,shape:"star",filled:!0,halo:a.text},u,g,c),L(t,{...w,shape:"star",halo:null,inside:a.card},u,g,w.filled?c:.86*c),{
text:f,x:u,y:g,width:t.measureText(f).width}}).filter(({x:d,y:p})=>d>=-20&&p>=-20&&d<=i.width+20&&p<=i.height+20);return this.
names(t,m,It(m,i,h),a.text),h}captions(t,{arm:e,scene:s,size:i,place:n,side:a},h,c){let{ink:l}=this.owner.lab,m=e.manifold?.
points??[],d=[];for(let u=0;u<h&&a>=_e&&s.captions.length;u++){let[g,f]=j(n,m[2*u],m[2*u+1]);g>=0&&f>=0&&g<=i.width&&f<=
i.height&&d.push({i:u,x:g,y:f,side:a})}if(!d.length||d.length>Be)return;t.font=`12px ${l.font}`;let p=d.map(({i:u,...g})=>({
...g,text:s.captions[u],width:t.measureText(s.captions[u]).width}));this.names(t,p,It(p,i,c),l.muted)}names(t,e,s,i){let{
ink:n}=this.owner.lab;t.lineWidth=4,t.strokeStyle=n.card,t.fillStyle=i,s.forEach((a,h)=>{if(!a)return;let{text:c,x:l,y:m}=e[h];
t.strokeText(c,l+a[0],m+a[1]),t.fillText(c,l+a[0],m+a[1])})}head(t,e){this.swatch.style.background=P(this.index),y(this.
title,t.name),this.title.title=t.label;let s=t.manifold?.prediction,{labels:i}=e,n="";if(s?.length){let h=0;for(let l=0;l<
s.length;l++)h+=+(s[l]===i[l]);let c=s.length<i.length?` of these ${s.length}`:"";n=`${Math.round(100*h/s.length)} % rig\
ht${c} among all ${e.class_names.length} classes`}y(this.figures,t.error?`stopped: ${t.error}`:n);let a=`Shared manifold\
 of ${t.name} at step ${t.manifold?.step??t.step}. ${n}. Arrow keys move the view, plus and minus zoom, 0 shows everythi\
ng, N and B go from image to image, Enter selects, Escape clears, I shows images or dots.`;this.over.getAttribute("aria-\
label")!==a&&this.over.setAttribute("aria-label",a)}under(t){let e=this.shown?.arm.manifold?.points;if(!this.shown||!e)return null;
let{place:s,side:i}=this.shown;return he(e,s,t.offsetX,t.offsetY,Math.max(12,.7*i))}overlay(t,e){if(!this.shown)return;let{
arm:s,scene:i,size:n,place:a,side:h}=this.shown,{width:c,height:l,scale:m}=n,{ink:d,pictures:p}=this.owner.lab,u=I(this.
over);u.setTransform(m,0,0,m,0,0),u.clearRect(0,0,c,l),this.lasso&&this.lasso.length>1&&(u.beginPath(),this.lasso.forEach(
([C,x],_)=>u[_?"lineTo":"moveTo"](C,x)),u.closePath(),u.fillStyle=d.wash,u.fill(),u.strokeStyle=d.accent,u.lineWidth=1.5,
u.setLineDash([5,3]),u.stroke(),u.setLineDash([]));let{manifold:g}=s;if(t===null||!g||2*t>=g.points.length){this.tip.hidden=
!0;return}let{points:f,anchors:w}=g,[E,k]=j(a,f[2*t],f[2*t+1]),b=i.labels[t],A=h>0&&p!==null&&t<p.count?Math.max(32,1.5*
h):0;if(A&&(u.globalAlpha=.5,u.fillStyle=d.card,u.fillRect(0,0,c,l),u.globalAlpha=1),u.strokeStyle=d.text,2*b<w.length){
let C=j(a,w[2*b],w[2*b+1]);u.setLineDash([3,3]),u.lineWidth=1.5,u.beginPath(),u.moveTo(E,k),u.lineTo(...C),u.stroke(),u.
setLineDash([]),A&&L(u,{...this.owner.mark(i,b),shape:"star",filled:!0,halo:d.text},...C,9)}if(A&&p?p.tile(u,t,{...this.
owner.mark(i,b),halo:d.text},E-A/2,k-A/2,A,2):(u.beginPath(),u.arc(E,k,9,0,2*Math.PI),u.lineWidth=2.5,u.stroke()),!e){this.
tip.hidden=!0;return}let S=this.owner.describe(i,t,s);this.tip.hidden=!1,this.tipText.replaceChildren(r("strong",{},S.caption||
S.label),r("div",{},`class ${S.label} · image ${S.id}`),r("div",{class:ht(S)},rt({...S,predicted:`answer: ${S.predicted}`})),
r("div",{},`entropy ${$(S.entropy)} nats`)),M(this.thumb,this.owner.lab.thumbnail(this.thumb,t));let D=E>c*.55;this.tip.
style.left=D?"":`${E+16}px`,this.tip.style.right=D?`${c-E+16}px`:"",this.tip.style.top=`${Math.max(4,Math.min(l-96,k-30))}\
px`}down(t){if(t.button!==0||!this.shown)return;this.over.setPointerCapture(t.pointerId);let e=this.owner.tool==="move"||
t.shiftKey&&t.altKey;this.drag={x:t.offsetX,y:t.offsetY,far:!1,moving:e,add:t.shiftKey},this.lasso=e?null:[[t.offsetX,t.
offsetY]]}move(t){let{drag:e,shown:s,owner:i}=this;if(s){if(!e)return i.hover(i.at=this.under(t),this);e.far||=Math.hypot(
t.offsetX-e.x,t.offsetY-e.y)>4,e.far&&(this.lasso?(this.lasso.push([t.offsetX,t.offsetY]),i.hover(null)):i.view&&(i.view.
x-=t.movementX/s.place.k,i.view.y+=t.movementY/s.place.k,i.redraw()))}}up(t){let{drag:e,lasso:s,shown:i}=this;if(this.cancel(),
!e||!i)return;let n=this.under(t);e.far?s&&this.owner.select(this.within(i,s),e.add):n!==null?this.owner.select([i.scene.
ids[n]],e.add):this.owner.selected.size&&this.owner.select([])}cancel(){this.drag=this.lasso=null,this.owner.hover(null)}within({
arm:t,scene:e,place:s},i){let n=t.manifold?.points??[],a=[];for(let h=0;h<n.length/2;h++)le(i,...j(s,n[2*h],n[2*h+1]))&&
a.push(e.ids[h]);return a}wheel(t){!(t.ctrlKey||t.metaKey)||!this.shown||(t.preventDefault(),this.owner.zoom(Math.exp(t.
deltaY*.002),re(this.shown.place,t.offsetX,t.offsetY)))}key(t){let{owner:e,shown:s}=this;if(!s||!e.view||t.ctrlKey||t.metaKey||
t.altKey)return;let{arm:i,scene:n}=s,a=n.ids.length,c={ArrowLeft:[-1,0],ArrowRight:[1,0],ArrowUp:[0,1],ArrowDown:[0,-1]}[t.
key],l=t.key.toLowerCase();if(c)e.view.x+=.1*e.view.w*c[0],e.view.y+=.1*e.view.h*c[1],e.redraw();else if(l==="+"||l==="=")
e.zoom(.8);else if(l==="-")e.zoom(1.25);else if(l==="0")e.fit();else if(l==="n"||l==="b"){let m=((e.at??(l==="n"?-1:0))+
(l==="n"?1:-1)+a)%a;e.at=m,e.hover(m,this);let d=e.describe(n,m,i);e.lab.say(`Image ${d.id}: class ${d.label}, answer ${d.
predicted}, entropy ${$(d.entropy)} nats.`)}else if(l==="i")e.toggleImages();else if(l==="enter"&&e.at!==null)e.select([
n.ids[e.at]],!0);else if(l==="escape")e.select([]);else return;t.preventDefault(),t.stopPropagation()}};var rt=({right:o,predicted:t})=>o===null?t:`${o?"✓":"✗"} ${t}`,ht=({right:o})=>o===null?"ame-muted":o?"ame-right":"a\
me-wrong",ue=1.04,qe=24,ze=10,pe=([o,t,e,s])=>({x:(o+t)/2,y:(e+s)/2,w:ue*(t-o||1),h:ue*(s-e||1)}),lt=class{constructor(t){
this.lab=t,this.panes=[],this.arms=[],this.view=null,this.home=null,this.tool="lasso",this.selected=new Set,this.at=null,
this.sprites=null,this.sheets=null,this.legend=r("ul",{class:"ame-legend","aria-label":"Classes: colour and shape; fille\
d marks are base classes, open ones new"});let e=(i,n,a)=>r("button",{class:"ame-quiet",type:"button","aria-pressed":String(
this.tool===i),"data-tool":i,title:n,"aria-label":n,onclick:()=>this.setTool(i)},a);this.tools=[e("lasso","Drag selects \
with a lasso","Lasso"),e("move","Drag moves the view","Move")];let s=(i,n,a)=>r("button",{class:"ame-quiet",type:"button",
title:i,"aria-label":i,onclick:a},n);this.images=r("button",{class:"ame-quiet",type:"button",hidden:!0,title:"Draw point\
s as their images (I)","data-testid":"images",onclick:()=>this.toggleImages()},"Images"),this.table=tt("manifold","Share\
d manifold",()=>this.rows()),this.note="",this.row=r("div",{class:"ame-panes"}),this.footnote=r("p",{class:"ame-muted"}),
this.el=r("section",{class:"ame-card ame-manifold","aria-label":"Shared manifold","data-view":"manifold"},r("header",{},
r("h3",{},"Shared manifold"),r("span",{class:"ame-push"}),this.images,r("div",{class:"ame-group",role:"group","aria-labe\
l":"What dragging does"},this.tools),r("div",{class:"ame-group",role:"group","aria-label":"Zoom"},s("Zoom out","−",()=>this.
zoom(1.25)),s("Zoom in","+",()=>this.zoom(.8)),s("Fit to what is drawn now; once more: the axes' full range","Fit",()=>this.
fit())),this.table.button),this.row,this.legend,this.footnote,this.table.box)}setTool(t){this.tool=t;for(let e of this.tools)
e.setAttribute("aria-pressed",String(e.dataset.tool===t));for(let e of this.panes)e.over.style.cursor=t==="move"?"grab":
"crosshair"}scene(t){this.home=t.extent&&pe(t.extent),this.view=this.home&&{...this.home},this.forget(),this.at=null,this.
home&&this.shape(this.home),this.legendOf(t)}forget(){this.sprites=this.sheets=null}get asImages(){let{lab:{client:t,pictures:e,
scene:s}}=this;return e!==null&&!!(t.model.get("images")??s?.show_images)}toggleImages(){if(!this.lab.pictures)return;let{
model:t}=this.lab.client;t.set("images",!this.asImages);try{t.save_changes()}catch{}this.lab.say(this.asImages?"Points a\
re images.":"Points are dots."),this.lab.again()}sideFor(t,e,s){let{home:i,lab:{scene:n}}=this;if(!this.asImages||!i||!n)
return 0;let a=e.k/Math.min(t.width/i.w,t.height/i.h);return de(t,n.ids.length,me(s,e,t),a)}sheetsFor(t,e,s,i){let{ink:n,
pictures:a}=this.lab;if(!a)return null;let h=Math.round(e*s),c=Math.max(1,Math.round(s*(e<20?1.25:1.75))),l=m=>d=>({...this.
mark(t,t.labels[d]),halo:m});return this.sheets?.side!==h&&(this.sheets={side:h,plain:a.sheet(h,l(null),c),strong:null}),
i&&(this.sheets.strong??=a.sheet(Math.round(h*1.25),l(n.text),c)),this.sheets}legendOf(t){let e=new Set(t.labels),s=t.short.
map((i,n)=>({name:i,c:n})).filter(({c:i})=>i<qe&&(!e.size||e.has(i)));this.legend.replaceChildren(...s.map(({name:i,c:n})=>{
let a=r("canvas",{width:28,height:28,"aria-hidden":"true"});return L(I(a),this.mark(t,n),14,14,8.5),r("li",{},a,i)}))}mark(t,e,s=!0){
let{ink:i}=this.lab;return{shape:Yt(e),color:t.colors[e]??i.text,filled:t.base?!!t.base[e]:!0,halo:s?i.card:null}}shape({
w:t,h:e}){this.row.style.setProperty("--ame-aspect",Math.max(.9,Math.min(2,t/e)).toFixed(3))}frameExtent(){let t=ce(this.
arms.flatMap(({manifold:e})=>e?[e.points,e.anchors]:[]));return t&&pe(t)}fit(){let t=this.frameExtent();if(!t)return;let e=this.
view&&Math.abs(this.view.w-t.w)+Math.abs(this.view.x-t.x)<1e-9*t.w;this.view={...e&&this.home?this.home:t},this.redraw()}zoom(t,e=null){
let{view:s}=this;s&&(e&&(s.x=e[0]+(s.x-e[0])*t,s.y=e[1]+(s.y-e[1])*t),s.w*=t,s.h*=t,this.redraw())}draw(t){this.arms=t.arms,
this.selected=new Set(t.selection),this.home||(this.home=this.frameExtent(),this.view=this.home&&{...this.home},this.home&&
this.shape(this.home));let e=this.lab.scene?.ids.length??0,s=Math.min(...this.arms.map(({manifold:n})=>(n?.points.length??
0)/2)),i=e.toLocaleString("en");for(this.note=e?s>0&&s<e?`${s} of ${i} images while it trains`:`${i} images`:"",this.row.
dataset.arms=String(this.arms.length);this.panes.length>this.arms.length;)this.panes.pop()?.el.remove();for(;this.panes.
length<this.arms.length;){let n=new ot(this,this.panes.length);this.panes.push(n),this.row.append(n.el)}this.redraw(),this.
table.update()}redraw(){let{view:t,lab:{scene:e}}=this;if(!(!t||!e)){for(let[s,i]of this.panes.entries())i.draw(this.arms[s],
e,t);this.explain(e),this.hover()}}explain(t){let{asImages:e,lab:{frame:{explained:s}}}=this,i=e&&this.panes.some(({shown:h})=>h?.
side===0);M(this.images,!!t.thumbnails),this.images.setAttribute("aria-pressed",String(e)),M(this.legend,!e||t.short.length<=
ze);let n=t.base?e&&!i?"square: base class, round: new class":"filled: base class, open: new class":"",a=[this.note&&i?`${this.
note}, as dots until you zoom in`:this.note,"★ class text",n,s&&`axes: ${s}`];y(this.footnote,a.filter(Boolean).join("\
 · "))}theme(){this.forget(),this.lab.scene&&this.legendOf(this.lab.scene),this.redraw()}spritesFor(t,e){if(this.sprites?.
radius===e)return this.sprites;let{ink:s}=this.lab,i=e>4,n=Math.max(1,t.short.length),a=(c,l)=>Array.from({length:n},(m,d)=>St(
{...this.mark(t,d,i),...c},e,l)),h=Array.from({length:n},(c,l)=>St({...this.mark(t,l),halo:s.text,inside:s.card,edge:.4},
e*1.2));return this.sprites={radius:e,plain:a({},i?.95:.8),dim:a({halo:null},.16),strong:h},this.sprites}select(t,e=!1){
let s=e?[...new Set([...this.selected,...t])]:t;this.selected=new Set(s),this.lab.command("select",{ids:s}),this.redraw()}hover(t=this.
at,e=null){for(let s of this.panes)s.overlay(t,e===s||e===null&&s===this.panes[0])}describe(t,e,s){let i=t.labels[e],n=s?.
manifold?.prediction[e],a=h=>t.short[h]??"–";return{id:t.ids[e],caption:t.captions[e]??t.class_names[i]??"",label:a(i),
predicted:n===void 0?"–":a(n),right:n===void 0?null:n===i,entropy:s?.manifold?.entropy[e]}}rows(){let{scene:t}=this.lab,
e=[];if(t){let s=[...t.ids.keys()],i=n=>Number(this.selected.has(t.ids[n]));this.selected.size&&s.sort((n,a)=>i(a)-i(n));
for(let n of this.arms)for(let a of s.slice(0,Math.ceil(200/this.arms.length))){let{id:h,label:c,predicted:l,entropy:m}=this.
describe(t,a,n),d=n.manifold?.points;e.push([n.name,h,c,l,m,d?.[2*a],d?.[2*a+1]])}}return{columns:["arm","id","class","a\
nswer","entropy (nats)","axis 1","axis 2"],rows:e}}};var B=11;function Ke(o,t,e,s){let i=[...o],n=o[t];for(let a=t;a!==e;a+=Math.sign(e-t))i[a]=n+(s-n)*(a-t)/(e-t);return i[e]=
s,i}var ct=class{constructor(t,{term:e,low:s,high:i},n,a,h){this.lab=t,this.term=e,this.low=s,this.high=i,this.locked=a,
this.report=h,this.values=n,this.cursor=0,this.last=null,this.canvas=r("canvas",{class:"ame-sketch",tabindex:"0",role:"a\
pplication","aria-label":`Sketch ${O[e]?.label??e} from ${s} to ${i} over the run. Left and right choose a place, up and\
 down set its height.`}),this.el=r("div",{},this.canvas);let c=l=>!a&&l.buttons&&this.put(l.offsetX/this.canvas.clientWidth,
1-l.offsetY/this.canvas.clientHeight);this.canvas.addEventListener("pointerdown",l=>{this.canvas.setPointerCapture(l.pointerId),
this.last=null,c(l)}),this.canvas.addEventListener("pointermove",c),this.canvas.addEventListener("keydown",l=>this.key(l))}put(t,e){
let s=Math.round(Math.max(0,Math.min(1,t))*(B-1)),i=this.low+(this.high-this.low)*Math.max(0,Math.min(1,e));this.values=
Ke(this.values??new Array(B).fill(i),this.last??s,s,i),this.last=s,this.report(this.values),this.draw(this.lab.frame)}key(t){
let e={ArrowLeft:-1,ArrowRight:1}[t.key]??0,s={ArrowUp:.05,ArrowDown:-.05}[t.key]??0;if(!(!e&&!s||this.locked)){if(t.preventDefault(),
t.stopPropagation(),e)this.cursor=Math.max(0,Math.min(B-1,this.cursor+e));else{let i=this.values??new Array(B).fill((this.
low+this.high)/2);this.values=i,this.last=this.cursor,this.put(this.cursor/(B-1),(i[this.cursor]-this.low)/(this.high-this.
low)+s)}this.lab.say(`Place ${this.cursor+1} of ${B}: ${$(this.values?.[this.cursor])}`),this.draw(this.lab.frame)}}draw(t){
let{width:e,height:s,scale:i}=q(this.canvas);if(!e)return;let{ink:n}=this.lab,a=I(this.canvas);a.setTransform(i,0,0,i,0,
0),a.fillStyle=n.soft,a.fillRect(0,0,e,s);let h=c=>s-s*(c-this.low)/(this.high-this.low);a.font=`11px ${n.font}`,a.fillStyle=
n.muted,a.fillText($(this.high),3,12),a.fillText($(this.low),3,s-4),this.values?(a.strokeStyle=n.text,a.lineWidth=2,a.setLineDash(
[4,3]),a.beginPath(),this.values.forEach((c,l)=>a[l?"lineTo":"moveTo"](e*l/(B-1),h(c))),a.stroke(),a.setLineDash([])):a.
fillText("draw here",e/2-22,s/2),(this.locked?t.arms:[]).forEach((c,l)=>{let m=c.series[this.term];if(m){a.strokeStyle=P(
l),a.beginPath();for(let d=0;d<m.x.length;d++)a[d?"lineTo":"moveTo"](e*m.x[d]/(t.steps||1),h(m.y[d]));a.stroke()}}),document.
activeElement===this.canvas&&(a.fillStyle=n.accent,a.fillRect(e*this.cursor/(B-1)-1,0,2,s))}};var fe=.4,dt=class{constructor(){this.shown=new N,this.list=r("ul",{class:"ame-findings","data-testid":"diagnosis"}),this.
el=r("section",{class:"ame-card","aria-label":"Diagnosis"},r("header",{},r("h3",{},"Diagnosis")),this.list)}draw({diagnosis:t}){
if(!this.shown.isNew(t))return;let e={ok:{sign:"✓",name:"Fine"},warn:{sign:"!",name:"Watch"},alarm:{sign:"✗",name:"B\
roken"}},s=t.length?t:[{level:"ok",text:"Nothing to report yet."}];this.list.replaceChildren(...s.map(({level:i,text:n})=>r(
"li",{"data-level":i},r("b",{"aria-hidden":"true"},e[i].sign),r("span",{},r("span",{class:"ame-hidden"},`${e[i].name}: `),
n))))}},mt=class{constructor(){this.shape=new N,this.drawnAt=0,this.table=r("table",{"data-testid":"delta"}),this.body=r(
"tbody",{}),this.el=r("section",{class:"ame-card","aria-label":"What the last step changed"},r("header",{},r("h3",{},"Wh\
at the last step changed")),r("div",{class:"ame-delta",tabindex:"0",role:"region","aria-label":"Delta table"},this.table))}draw(t){
if(t.state==="playing"&&v()-this.drawnAt<fe)return;this.drawnAt=v();let{columns:e,rows:s}=t.delta;M(this.el,e.length>0),
this.shape.isNew([e,s.map(i=>i.length)])&&(this.body=r("tbody",{},s.map(i=>i.length===1?r("tr",{class:"ame-since"},r("th",
{scope:"rowgroup",colspan:e.length})):r("tr",{},e.map((n,a)=>a?r("td",{},r("b",{}),r("small",{})):r("th",{scope:"row"}))))),
this.table.dataset.columns=String(e.length),this.table.style.setProperty("--ame-columns",String(e.length)),this.table.replaceChildren(
r("thead",{},r("tr",{},e.map(i=>r("th",{scope:"col",title:i||null},i||r("span",{class:"ame-hidden"},"quantity"))))),this.
body)),s.forEach((i,n)=>i.forEach((a,h)=>{let c=this.body.children[n].children[h],l=typeof a=="string"?{value:a,trend:null,
by:""}:a;if(!h)return y(c,l.value);let[m,d]=c.children;y(m,l.value),y(d,l.trend===null?"":l.trend==="same"?"= same":`${l.
trend==="up"?"▲ +":"▼ −"}${l.by}`)}))}},ut=class{constructor(t){this.lab=t,this.shape=new N,this.questions=[],this.
answers={},this.sketches=[],this.outcomes=new Map,this.tried=!1,this.body=r("div",{}),this.commit=r("button",{type:"subm\
it",class:"ame-button ame-primary","data-testid":"commit"},"Commit my prediction"),this.note=r("p",{class:"ame-muted",role:"\
status"}),this.el=r("section",{class:"ame-card ame-predict","aria-label":"Predict, then run"},r("header",{},r("h3",{},"P\
redict, then run")),r("form",{onsubmit:e=>this.submit(e)},this.body,this.note,this.commit))}submit(t){t.preventDefault(),
this.tried=!0,this.tell(),this.missing().length||this.lab.command("predict",{answers:this.answers})}missing(){return this.
questions.filter(({id:t})=>this.answers[t]===void 0)}answer(t,e){this.answers[t]=e,this.tell()}tell(){let t=this.lab.frame.
prediction?.waiting,e=this.tried?this.missing():[];y(this.note,t?e.length?`Still open: ${e.map(({text:s})=>s).join(" ")}`:
"Commit your prediction to unlock play.":"Committed. The result appears below your answer.")}draw(t){let{prediction:e}=t;
if(M(this.el,e!==null),!e)return;let{questions:s,answers:i,outcome:n,waiting:a}=e;this.shape.isNew([s,a])&&(this.questions=
s,this.answers={...i},this.tried=!1,this.sketches=[],this.outcomes=new Map,this.body.replaceChildren(...s.map(h=>this.question(
h,!a)))),M(this.commit,a),this.tell();for(let[h,c]of this.outcomes){let l=n[h];if(M(c,!!l),!l)continue;let{text:m,right:d}=l;
c.className=`ame-outcome ${d===!0?"ame-right":d===!1?"ame-wrong":""}`,y(c,`${d===!0?"✓ ":d===!1?"✗ ":""}${m}`)}for(let h of this.
sketches)h.draw(t)}question({id:t,text:e,options:s,sketch:i},n){let a=r("p",{class:"ame-outcome",hidden:!0});this.outcomes.
set(t,a);let h=this.answers[t];if(i){let l=new ct(this.lab,i,Array.isArray(h)?[...h]:null,n,m=>this.answer(t,m));return this.
sketches.push(l),r("fieldset",{"data-testid":`predict-${t}`},r("legend",{},e),l.el,a)}let c=G();return r("fieldset",{disabled:n,
"data-testid":`predict-${t}`},r("legend",{},e),r("div",{class:"ame-options"},(s??[]).map(l=>r("label",{},r("input",{type:"\
radio",name:c,value:l,checked:h===l,onchange:()=>this.answer(t,l)}),` ${l}`))),a)}},We=40,pt=class{constructor(t){this.lab=
t,this.listed=new N,this.drawnAt=0,this.count=r("span",{class:"ame-muted"}),this.whose=r("span",{class:"ame-muted","data\
-testid":"selection-arm"}),this.clear=r("button",{type:"button",class:"ame-quiet","data-testid":"clear-selection",onclick:()=>t.
command("select",{ids:[]})},"Clear"),this.body=r("tbody",{}),this.hint=r("p",{class:"ame-muted"},"Draw a lasso around po\
ints, or click one. In Python: .selection of this lab is a table of them."),this.scroll=r("div",{class:"ame-scroll",hidden:!0,
tabindex:"0",role:"region","aria-label":"Selected images"},r("table",{"data-testid":"selection"},r("thead",{},r("tr",{},
["","id","class","answer","entropy"].map(e=>r("th",{scope:"col"},e||r("span",{class:"ame-hidden"},"picture"))))),this.body)),
this.el=r("section",{class:"ame-card","aria-label":"Selection"},r("header",{},r("h3",{},"Selection"),this.count,this.whose,
r("span",{class:"ame-push"}),this.clear),this.hint,this.scroll)}draw(t){let{lab:e}=this,{scene:s}=e,i=t.selection;if(t.state===
"playing"&&i.length&&v()-this.drawnAt<fe)return;this.drawnAt=v(),M(this.hint,!i.length),M(this.scroll,i.length>0),M(this.
clear,i.length>0),y(this.count,i.length?`${i.length} image${i.length>1?"s":""}`:"");let n=s?i.slice(0,We).flatMap(h=>e.rowOf.
get(h)??[]):[],a=t.arms.at(-1);y(this.whose,a&&t.arms.length>1&&n.length?`answers of ${a.name}`:""),this.listed.isNew([e.
scenes,n])&&this.body.replaceChildren(...n.map(h=>{let c=r("canvas",{class:"ame-thumb-small","aria-hidden":"true"});return e.
thumbnail(c,h),r("tr",{},r("td",{},c),r("td",{}),r("td",{}),r("td",{}),r("td",{}))})),s&&n.forEach((h,c)=>{let l=e.manifold.
describe(s,h,a),[,m,d,p,u]=this.body.children[c].children;y(m,String(l.id)),y(d,l.label),y(p,rt(l)),p.className=ht(l),y(
u,$(l.entropy))})}};function je(o){let t=o.trim();return t.match(/^lab\(\s*["'](.*)["']\s*\)$/)?.[1]??t}var ft=class{constructor(t){
this.lab=t,this.names=new N,this.arm=r("select",{"aria-label":"Arm of the recipe",onchange:()=>this.draw(t.frame)}),this.
token=r("input",{type:"text",readonly:!0,"data-testid":"recipe-token","aria-label":"Recipe as one token",onfocus:()=>this.
token.select()}),this.copy=r("button",{type:"button",class:"ame-button","data-testid":"copy-recipe",onclick:()=>this.put()},
"Copy"),this.given=r("input",{type:"text",placeholder:"ame1:…","data-testid":"restore-token","aria-label":"Token to re\
store",spellcheck:"false"}),this.restore=r("button",{type:"submit",class:"ame-button","data-testid":"restore"},"Restore"),
this.el=r("section",{class:"ame-card ame-recipe","aria-label":"Recipe"},r("header",{},r("h3",{},"Recipe"),r("span",{class:"\
ame-push"}),this.arm),r("div",{class:"ame-field"},this.token,this.copy),r("form",{class:"ame-field",onsubmit:e=>{e.preventDefault();
let s=je(this.given.value);s&&t.anew(()=>t.command("restore",{token:s}),this.lost(t.frame))}},this.given,this.restore),r(
"p",{class:"ame-muted"},'The whole run, steering included, as one string: lab("ame1:…") restores it.'))}lost({arms:t,step:e,
to_lose:s}){return t.length<2?s:`All ${t.length} arms as they stand at step ${e}${s&&`, with ${s},`}`}async put(){try{await navigator.
clipboard.writeText(this.token.value)}catch{this.token.select(),document.execCommand("copy")}y(this.copy,"Copied"),this.
lab.say("Recipe copied."),setTimeout(()=>y(this.copy,"Copy"),1500)}draw({arms:t}){if(this.names.isNew(t.map(s=>s.name))){
let s=this.arm.value;this.arm.replaceChildren(...t.map(i=>r("option",{value:i.name},i.name))),this.arm.value=t.some(i=>i.
name===s)?s:t.at(-1)?.name??"",M(this.arm,t.length>1)}let e=t.find(s=>s.name===this.arm.value)?.recipe_token??"";this.token.
value!==e&&(this.token.value=e),this.restore.disabled=this.given.disabled=this.lab.locked("restore")}};var He="Start a new branch from this step (F)",Ue=.6,ge=({step:o,text:t})=>`${t} from step ${o} on`,gt=class{constructor(t){
this.lab=t,this.shown=0,this.touched=-1/0,this.step=0,this.send=J(e=>t.command("scrub",{step:e}),80),this.range=r("input",
{type:"range",min:0,max:1,step:1,"data-testid":"scrubber","aria-label":"Recorded steps",class:"ame-scrub",oninput:()=>this.
moved()}),this.live=r("button",{type:"button",class:"ame-button","data-testid":"live-head",onclick:()=>t.command("scrub",
{step:null}),title:"Back to the newest step (L)"},"Back to live"),this.fork=r("button",{type:"button",class:"ame-button",
"data-testid":"fork","aria-expanded":"false",onclick:()=>this.toggle(),title:He},"Fork from here…"),this.bars=r("div",
{class:"ame-branches",role:"list","aria-label":"Branches","data-testid":"branches"}),this.marks=[],this.arm=r("select",{
"aria-label":"Branch off","data-testid":"fork-arm",onchange:()=>this.editor()}),this.from=r("span",{"data-testid":"fork-\
step"}),this.field=r("select",{"aria-label":"Dial to change","data-testid":"fork-field",onchange:()=>this.editor()}),this.
input=null,this.value=r("span",{}),this.again=r("p",{class:"ame-muted ame-repeats",role:"status"}),this.form=r("form",{class:"\
ame-fork",hidden:!0,"data-testid":"fork-form",onsubmit:e=>this.submit(e),onkeydown:e=>e.key==="Escape"&&this.toggle(!1)},
r("label",{},"Branch off ",this.arm),this.from,r("label",{},"and set ",this.field),this.value,r("button",{type:"submit",
class:"ame-button ame-primary","data-testid":"fork-go"},"Fork and run on"),r("button",{type:"button",class:"ame-button",
onclick:()=>this.toggle(!1)},"Cancel"),this.again),this.note=r("p",{class:"ame-scrub-note",hidden:!0}),this.el=r("div",{
class:"ame-timeline",role:"group","aria-label":"Time"},r("div",{class:"ame-scrub-row"},r("div",{class:"ame-track"},this.
range,this.bars),this.live,this.fork),this.note,this.form)}toggle(t=this.form.hidden){if(this.form.hidden=!t,this.fork.setAttribute(
"aria-expanded",String(t)),!t)return this.fork.focus();let{frame:e}=this.lab;this.step=F(e),y(this.from,`at step ${this.
step}`),this.arm.replaceChildren(...e.arms.map(n=>r("option",{value:n.name,title:n.label},n.name)));let s=e.dials.filter(
n=>n.steerable&&!n.locked);this.field.replaceChildren(r("option",{value:""},"nothing"),...s.map(n=>r("option",{value:n.field},
n.label))),s.length&&(this.field.value=(s.find(({field:n})=>n==="omega")??s[0]).field);let i=e.arms.at(-1);i&&(this.arm.
value=i.name),this.editor(),this.field.focus()}editor(){let{frame:t}=this.lab,e=t.dials.find(({field:h})=>h===this.field.
value),s=t.arms.find(({name:h})=>h===this.arm.value),i=(s?.turns??[]).filter(({step:h,field:c})=>h>this.step&&c!==this.field.
value);if(y(this.again,s&&i.length?`The fork repeats the later changes of ${s.name}: ${i.map(ge).join("; ")}.`:""),this.
input=null,!e)return this.value.replaceChildren();let n=e.values[this.arm.value]??e.value,a={"aria-label":`New value of ${e.
label}`,"data-testid":"fork-value"};if(e.kind==="number"){let h=e.step??(e.whole?1:"any");this.input=r("input",{...a,type:"\
number",step:h,min:e.low,max:e.high,value:n??"",required:!0})}else{let h=e.kind==="switch"?[!0,!1]:e.choices;this.input=
r("select",a,h.map(c=>r("option",{value:JSON.stringify(c)},X(c)))),this.input.value=JSON.stringify(e.kind==="switch"?!n:
n)}this.value.replaceChildren("to ",this.input)}submit(t){t.preventDefault();let{input:e}=this,s=e?e.type==="number"?Number(
e.value):JSON.parse(e.value):null;this.lab.command("fork",{step:this.step,field:this.field.value||null,value:s,arm:this.
arm.value,play:!0}),this.toggle(!1)}moved(){let t=Zt(this.lab.frame.recorded_steps,this.shown,Number(this.range.value));
this.range.value=String(t),this.shown=t,this.touched=v(),this.send(t)}draw(t){let e=Math.max(1,t.steps),s=t.recorded_steps.
length>0;this.range.max!==String(e)&&(this.range.max=String(e)),v()-this.touched>=Ue&&(this.shown=F(t),this.range.value!==
String(this.shown)&&(this.range.value=String(this.shown))),this.range.setAttribute("aria-valuetext",`step ${this.shown} \
of ${e}`),this.range.disabled=this.lab.locked("scrub")||!s;let i=W(t);this.live.disabled=!i,this.fork.disabled=this.lab.
locked("fork")||!s||t.state==="preparing"||t.state==="closed",M(this.note,i),i&&y(this.note,`Looking back at step ${t.scrubbed}\
; the newest is ${t.recorded_steps.at(-1)??t.step}. Dials and curves are as they were then: fork from here to change one\
, or go back to live.`),(!i||t.arms.length!==this.bars.children.length)&&this.branches(t,e)}branches({arms:t},e){for(;this.
bars.children.length>t.length;)this.bars.lastChild?.remove();for(;this.bars.children.length<t.length;)this.bars.append(r(
"div",{role:"listitem",class:"ame-branch"},r("span",{class:"ame-branch-rail"},r("i",{}),r("span",{})),r("span",{class:"a\
me-branch-name"})));t.forEach((s,i)=>{let n=this.bars.children[i],[a,h]=n.children,[c,l]=a.children,m=s.fork_step??0;c.style.
left=`${100*m/e}%`,c.style.width=`${100*Math.max(0,s.step-m)/e}%`,c.style.background=P(i),y(h,s.name),this.marks[i]??=new N,
this.marks[i].isNew([s.turns,e])&&l.replaceChildren(...s.turns.map(d=>r("b",{style:`left: ${100*d.step/e}%`,title:ge(d)}))),
n.title=`${s.label}: step ${s.step}${s.finished?", finished":""}`})}};var be={play:"M4 2.5v11l9-5.5z",pause:"M4 2.5h3v11H4zM9.5 2.5h3v11h-3z",step:"M3 2.5v11l7-5.5zM11 2.5h2.2v11H11z",epoch:"\
M2 2.5v11l5.5-5.5zM7.5 2.5v11L13 8zM13 2.5h1.5v11H13z",reset:"M8 2.2a5.8 5.8 0 1 0 5.6 4.3h-2A3.9 3.9 0 1 1 8 4.1c1 0 2 \
.4 2.7 1.1L8.6 7.3H14V1.9l-1.9 1.9A5.8 5.8 0 0 0 8 2.2z"},Ye=[["","full speed"],[50,"50 steps/s"],[20,"20 steps/s"],[5,"\
5 steps/s"],[1,"1 step/s"]],Xe={paused:"Paused",playing:"Training",finished:"Finished",failed:"Failed",closed:"Closed",preparing:"\
Preparing",waiting:"Connecting"},bt=class{constructor(t){this.lab=t;let e=(s,i,n,a,h)=>r("button",{type:"button",class:"\
ame-button","data-testid":i,title:a,onclick:h},r("svg",{viewBox:"0 0 16 16",width:14,height:14,"aria-hidden":"true",fill:"\
currentColor"},r("path",{d:be[s]})),r("span",{},n));this.play=e("play","play","Play","Play or pause (K)",()=>t.toggle()),
this.play.classList.add("ame-primary"),this.step=e("step","step-one","Step","One minibatch (S)",()=>t.command("step")),this.
epoch=e("epoch","epoch","Epoch","One pass over the shots (E)",()=>t.command("epoch")),this.reset=e("reset","reset","Rese\
t","Back to step 0 of the original or restored recipe: steering is undone and forks are dropped (R)",()=>t.anew(()=>t.command(
"reset"))),this.speed=r("select",{"data-testid":"speed","aria-label":"Speed",title:"Speed",onchange:()=>t.command("speed",
{value:this.speed.value===""?null:Number(this.speed.value)})},Ye.map(([s,i])=>r("option",{value:s},i))),this.state=r("sp\
an",{class:"ame-state","data-testid":"state"}),this.count=r("span",{class:"ame-count","data-testid":"step"}),this.where=
r("span",{class:"ame-muted"}),this.el=r("div",{class:"ame-transport",role:"group","aria-label":"Training"},this.play,this.
step,this.epoch,this.reset,this.speed,this.state,this.count,this.where)}draw(t){let{state:e}=t,s=e==="playing",i=s?"Paus\
e":e==="finished"?"Play again":"Play";this.play.dataset.name!==i&&(this.play.dataset.name=i,this.play.querySelector("pat\
h")?.setAttribute("d",be[s?"pause":"play"]),y(this.play.lastChild,i),this.play.setAttribute("aria-label",`${i} training`));
let n=e==="preparing"||e==="closed"||e==="waiting",a=t.prediction?.waiting??!1,h=(p,u,g=!0)=>p.disabled=n||this.lab.locked(
u)||!g;h(this.play,"play",s||!(a||e==="failed")),h(this.step,"step",!(a||e==="finished"||e==="failed")),h(this.epoch,"ep\
och",!(a||e==="finished"||e==="failed"));let c=t.steps_per_epoch,l=c===1?"here one minibatch holds all the shots, so it \
is one step":c?`${c} minibatches`:"";this.epoch.title=`One pass over the shots (E)${l&&`: ${l}`}`,h(this.reset,"reset"),
h(this.speed,"speed"),this.play.title=a?"Commit your prediction first":"Play or pause (K)";let m=String(t.speed??"");document.
activeElement!==this.speed&&this.speed.value!==m&&([...this.speed.options].some(p=>p.value===m)||this.speed.append(r("op\
tion",{value:m},`${m} steps/s`)),this.speed.value=m);let d=W(t);this.state.dataset.state=d?"back":e,y(this.state,d?"Look\
ing back":Xe[e]),y(this.count,`step ${F(t)} of ${t.steps||"–"}`),y(this.where,e==="preparing"?t.progress?.text??"":c&&
c!==1?`epoch ${$(t.epoch)}`:"")}};var Je=[["K","play or pause"],["S","one minibatch"],["E","one epoch"],["R","reset"],["[ and ]","earlier and later record\
ed step"],["L","back to live"],["F","fork from here"],["D","to the dials"],["M","to the manifold"],["?","this list"]],wt=class{constructor(t){
this.client=t,this.scene=null,this.scenes=0,this.pictures=null,this.frame=ee,this.rowOf=new Map,this.heard=new Set,this.
newest="",this.ink=this.readInk(),this.cursor=null,this.unfocused=null,this.due=this.cursorDue=0,this.finishedAt=-1/0,this.
quiet=0,this.lateBy=0,this.gone=!1,this.act=()=>{},this.transport=new bt(this),this.timeline=new gt(this),this.manifold=
new lt(this),this.charts=new st(this),this.dials=new it(this);let[e,s,i]=[new nt(this),new dt,new mt],[n,a,h]=[new ut(this),
new pt(this),new ft(this)];this.panels={transport:this.transport,timeline:this.timeline,manifold:this.manifold,charts:this.
charts,dials:this.dials,breaks:e,diagnosis:s,delta:i,predict:n,selection:a,recipe:h},this.live=r("div",{class:"ame-hidde\
n",role:"log","aria-live":"polite","data-testid":"said"}),this.error=r("div",{class:"ame-error",role:"alert","data-testi\
d":"error",hidden:!0}),this.note=r("div",{class:"ame-note",role:"status","data-testid":"note",hidden:!0}),this.progress=
r("progress",{max:1,value:0,"aria-label":"Preparation",hidden:!0}),this.caption=r("p",{class:"ame-caption","data-testid":"\
caption"}),this.help=r("dialog",{class:"ame-keys","aria-label":"Keyboard"},r("h3",{},"Keyboard, while the focus is in th\
e lab"),r("dl",{},Je.map(([c,l])=>[r("dt",{},r("kbd",{},c)),r("dd",{},l)])),r("p",{},"In a manifold: arrows move, + and \
− zoom, 0 shows everything, N and B go from image to image, Enter selects, Esc clears, I shows images or dots."),r("bu\
tton",{type:"button",class:"ame-button",onclick:()=>this.help.close()},"Close")),this.losing=r("p",{}),this.sure=r("dial\
og",{class:"ame-keys","aria-label":"Start over?","data-testid":"sure"},r("h3",{},"Start over?"),this.losing,r("div",{class:"\
ame-choices"},r("button",{type:"button",class:"ame-button ame-primary","data-testid":"keep",autofocus:!0,onclick:()=>this.
sure.close()},"Keep them"),r("button",{type:"button",class:"ame-button","data-testid":"drop",onclick:()=>this.dropped()},
"Start over"))),this.el=r("div",{class:"ame-lab","data-testid":"lab",role:"region","aria-label":"Live lab",tabindex:"-1",
onkeydown:c=>this.key(c),"oname-size":()=>this.again()},r("div",{class:"ame-bar"},this.transport.el,r("button",{type:"bu\
tton",class:"ame-quiet ame-keys-button",title:"Keyboard shortcuts (?)",onclick:()=>this.help.showModal()},"Keys"),this.progress,
this.timeline.el),this.error,this.note,r("div",{class:"ame-grid"},r("div",{class:"ame-column ame-left"},n.el,this.dials.
el,e.el),r("div",{class:"ame-column ame-middle"},this.manifold.el,this.caption,this.charts.el),r("div",{class:"ame-colum\
n ame-right-side"},s.el,i.el,a.el,h.el)),this.help,this.sure,this.live),this.themes=new MutationObserver(()=>requestAnimationFrame(
()=>this.theme())),this.themes.observe(document.body,{attributes:!0,attributeFilter:["data-jp-theme-light","data-jp-them\
e-name","class"]}),requestAnimationFrame(()=>this.theme()),this.sizes=new ResizeObserver(()=>this.again()),this.sizes.observe(
this.el),this.onImages=()=>this.again(),t.model.on("change:images",this.onImages),this.draw(this.frame)}close(){this.themes.
disconnect(),this.sizes.disconnect(),this.client.model.off("change:images",this.onImages)}retained(t,e){if(t!=="scene")return;
let s=e;this.scene=s,this.scenes+=1,this.pictures=null,s.thumbnails&&this.decode(s,s.thumbnails),this.rowOf=new Map([...s.
ids].map((i,n)=>[i,n])),this.manifold.scene(s),this.again()}async decode(t,e){try{let s=await at.load(e);if(this.scene!==
t)return;this.pictures=s,this.scenes+=1,this.manifold.forget(),this.again()}catch(s){console.error("ame_explore: the ima\
ges could not be decoded",s)}}draw(t){Bt(()=>this.write(t)),this.keepFocus()}write(t){let{state:e}=t;e==="finished"&&this.
frame.state==="playing"&&(this.finishedAt=v()),this.frame=t;let s=t.show&&new Set(t.show);for(let[a,h]of Object.entries(
this.panels)){let c=s!==null&&!s.has(a);h.el.classList.toggle("ame-off",c),c||h.draw(t)}M(this.error,!!t.error),t.error&&
y(this.error,t.error);let{done:i,of:n}=t.progress??{done:0,of:0};M(this.progress,e==="preparing"),n>0?this.progress.value=
i/n:this.progress.removeAttribute("value"),this.tell(),this.hear(t.said),y(this.caption,t.caption??this.newest),Object.assign(
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
for(this.live.append(r("p",{},t));this.live.childElementCount>20;)this.live.firstChild?.remove()}command(t,...e){this.locked(
t)||this.client.send({type:"command",name:t,args:e[0]??{}})}locked(t){return this.frame.locked.includes(t)}anew(t,e=this.
frame.to_lose){if(!e)return t();this.act=t,y(this.losing,`${e} would be lost. To keep a run, copy its recipe token first\
.`),this.sure.showModal()}dropped(){this.sure.close(),this.act()}toggle(){if(!this.transport.play.disabled){if(this.frame.
state!=="finished")return this.command(this.frame.state==="playing"?"pause":"play");v()-this.finishedAt<.6||this.anew(()=>{
this.command("reset"),this.command("play")})}}scrubTo(t){this.timeline.range.disabled||this.command("scrub",{step:Et(this.
frame.recorded_steps,t)})}chartCursor(t){t!==this.cursor&&(this.cursor=t,!this.cursorDue&&(this.cursorDue=requestAnimationFrame(
()=>{this.cursorDue=0,this.charts.draw(this.frame,this.cursor)})))}key(t){let e=t.target;if(t.key==="Enter"&&(t.ctrlKey||
t.metaKey||t.shiftKey))return this.enter(t,e);if(t.ctrlKey||t.metaKey||t.altKey||t.key==="Tab")return;if(this.help.open||
this.sure.open)return t.stopPropagation();(!t.shiftKey||t.key.length===1)&&t.stopPropagation();let{tagName:s}=e;if(s==="\
INPUT"&&e.type!=="range"&&e.type!=="radio"||s==="SELECT"||s==="TEXTAREA")return;let n=c=>!c.disabled&&c.click(),h={k:()=>this.
toggle(),s:()=>n(this.transport.step),e:()=>n(this.transport.epoch),r:()=>n(this.transport.reset),"[":()=>this.move(-1),
"]":()=>this.move(1),l:()=>n(this.timeline.live),f:()=>n(this.timeline.fork),d:()=>this.dials.el.querySelector("input, s\
elect, button")?.focus(),m:()=>this.manifold.panes[0]?.over.focus(),"?":()=>this.help.showModal()}[t.key.toLowerCase()];
h&&(t.preventDefault(),h())}enter(t,e){t.stopPropagation(),e.type==="number"&&(t.preventDefault(),e.blur(),e.focus())}move(t){
let{recorded_steps:e}=this.frame;if(!e.length||this.timeline.range.disabled)return;let s=Math.max(0,Math.min(e.length-1,
K(e,F(this.frame))+t));this.command("scrub",{step:e[s]})}thumbnail(t,e){return!this.pictures||e>=this.pictures.count?!1:
(this.pictures.fill(t,e),!0)}readInk(){let t=this.el?getComputedStyle(this.el):null,e=(h,c)=>t?.getPropertyValue(h).trim()||
c,s=e("--ame-card","#ffffff"),[i,n,a]=Xt(s);return{dark:z(),text:e("--ame-text","#1a1a1a"),muted:e("--ame-muted","#5a5a5\
a"),grid:e("--ame-line","#e4e4e4"),card:s,soft:e("--ame-soft","#f4f5f7"),accent:e("--ame-accent","#0072B2"),wash:e("--am\
e-wash","rgba(0,114,178,.12)"),font:t?.fontFamily||"sans-serif",paper32:(4278190080|a<<16|n<<8|i)>>>0}}theme(){this.el.dataset.
theme=z()?"dark":"light",this.ink=this.readInk(),this.manifold.theme(),this.again()}};var Yi=Ot((o,t)=>{Jt(o.model.get("quantities"));let e=new wt(o);return t.append(e.el),e});export{Yi as default};
